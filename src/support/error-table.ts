import type { ErrorRow } from './errors.ts'

/**
 * All errors, by permanent code. Hundreds: 1 project and settings, 2 watching, 3 building, 4 starting and stopping,
 * 5 gateway, 6 rollout, 7 command line and API, 8 verify, 9 our own faults. `docs/reference/errors.md` is generated from this table.
 */
export const errorTable = {
  HL1001: {
    blame: 'user',
    happened: 'no service was found in {directory}',
    did: 'Nothing was started.',
    remedy: 'Run hotlane in a directory with a go.mod or a package.json, or describe the service in hotlane.yaml.',
  },
  HL1002: {
    blame: 'user',
    happened: '{file} cannot be read as {format}: {reason}',
    did: 'Nothing was changed; what was running goes on.',
    remedy: 'Mend the file at the position named.',
  },
  HL1003: {
    blame: 'user',
    happened: 'unknown key {key}{suggestion}',
    did: 'The file was not applied; what was running goes on.',
    remedy: 'Rename or remove the key. Known here: {known}.',
  },
  HL1004: {
    blame: 'user',
    happened: '{key} should be {expected}, but is {actual}',
    did: 'The file was not applied; what was running goes on.',
    remedy: 'Write {expected}.',
  },
  HL1005: {
    blame: 'user',
    happened: '{file} does not exist',
    did: 'Nothing was started.',
    remedy: 'Check the path that {option} gives.',
  },
  HL1006: {
    blame: 'user',
    happened: '{file} exists already',
    did: 'Nothing was written.',
    remedy: 'Move it away first, or print the settings with "hotlane config print".',
  },
  HL1007: {
    blame: 'user',
    happened: 'there is no service named {name}{suggestion}',
    did: 'Nothing was started.',
    remedy: 'Choose from: {known}.',
  },
  HL1008: {
    blame: 'user',
    happened: '{directory} has {count} programs, and it cannot be told which of them serve',
    did: 'Nothing was started.',
    remedy: 'Choose with --service NAME, or name them in hotlane.yaml. Found: {known}.',
  },
  HL1009: {
    blame: 'user',
    happened: 'the file {file} cannot be used for TLS: {reason}',
    did: 'Nothing was changed; a certificate that was in use stays.',
    remedy:
      'Check "tls.cert" and "tls.key": a certificate with those between it and its root behind it, and its key, in PEM.',
  },
  HL2001: {
    blame: 'passing',
    happened: 'the directory {directory} cannot be watched: {reason}',
    did: 'Nothing was started.',
    remedy: 'Check that it exists and may be read, or run with --poll.',
  },
  HL3001: {
    blame: 'user',
    happened: 'the build of {service} failed',
    did: 'Nothing was switched; a release that was serving goes on serving.',
    remedy: 'Mend the code; the next save builds again.',
  },
  HL3002: {
    blame: 'user',
    happened: 'the build command of {service} was not found: {program}',
    did: 'Nothing was switched; a release that was serving goes on serving.',
    remedy: 'Install {program}, or put it on the PATH.',
  },
  HL3003: {
    blame: 'user',
    happened: 'the build of {service} succeeded but left no file at {path}',
    did: 'Nothing was switched; a release that was serving goes on serving.',
    remedy: 'Let the build write {path}, or set the output in hotlane.yaml.',
  },
  HL3004: {
    blame: 'user',
    happened: 'a command before the build of {service} failed: {command}',
    did: 'The build was not started; a release that was serving goes on serving.',
    remedy: 'Mend the command, or remove it from "before".',
  },
  HL3005: {
    blame: 'bug',
    happened: 'the program of {service} that was built without the Go command differs from what "go build" makes',
    did: 'The program is built again with "go build", as every later one of this service in this session is.',
    remedy: 'Please report it, with the change that you made; "go build" output, if it failed, stands below.',
  },
  HL4001: {
    blame: 'user',
    happened: '{service} exited before it was ready ({how})',
    did: 'It gets no traffic; a release that was serving goes on serving.',
    remedy: 'Mend what the last lines of its output tell.',
  },
  HL4002: {
    blame: 'user',
    happened: '{service} was not ready within {timeout}: {waitedFor}',
    did: 'The new process was stopped; a release that was serving goes on serving.',
    remedy: 'Look at its output, or raise "ready.timeout".',
  },
  HL4003: {
    blame: 'user',
    happened: '{service} cannot be started: {program}: {reason}',
    did: 'A release that was serving goes on serving.',
    remedy: 'Check the run command and its permissions.',
  },
  HL4004: {
    blame: 'user',
    happened: '{service} keeps crashing ({count} times, last: {how})',
    did: 'The next start is due in {delay}, or at once at the next change.',
    remedy: 'Mend the crash; the last lines of its output stand above.',
  },
  HL4005: {
    blame: 'user',
    happened: '{service} wants port {port}, which is taken{holder}',
    did: 'A release that was serving goes on serving.',
    remedy:
      'Let the app listen on the port in $PORT, or stop what holds the port; hotlane itself takes another one with --listen.',
  },
  HL5001: {
    blame: 'user',
    happened: '{address} cannot be listened on: {reason}',
    did: 'Nothing was started.',
    remedy: 'Choose another address with --listen, or stop what holds it.',
  },
  HL6001: {
    blame: 'user',
    happened: 'the rule {rule} failed: {how}',
    did: 'Nothing else was done for this change; the running release keeps serving.',
    remedy: 'Mend the command of the rule; its output stands above.',
  },
  HL6002: {
    blame: 'user',
    happened: 'the command {command} at {when} failed: {how}',
    did: 'Nothing else was changed by it.',
    remedy: 'Mend the command or remove it; its output stands above.',
  },
  HL7001: {
    blame: 'user',
    happened: '{what}',
    did: 'Nothing was done.',
    remedy: 'See "{help}".',
  },
  HL7002: {
    blame: 'passing',
    happened: 'another hotlane (process {pid}) already serves {directory}',
    did: 'Nothing was started.',
    remedy: 'Stop that one first, or use it.',
  },
  HL7003: {
    blame: 'user',
    happened: 'no hotlane serves {directory}',
    did: 'Nothing was done.',
    remedy: 'Start it there with "hotlane dev".',
  },
  HL8001: {
    blame: 'user',
    happened: '{host} is not this machine, and was to get {what}',
    did: 'Nothing was sent.',
    remedy: 'If that host is yours to load, say so with --yes-remote.',
  },
  HL8002: {
    blame: 'user',
    happened: 'nobody answers at {target}: {reason}',
    did: 'No load was sent.',
    remedy: 'Start the service first, or check the address.',
  },
  HL8003: {
    blame: 'user',
    happened: 'the ledger {where} cannot be read: {reason}',
    did: 'Nothing is claimed about what was executed.',
    remedy: 'Check that the service answers there with the executed ids, or that the file exists.',
  },
  HL8004: {
    blame: 'user',
    happened: '{file} is no report of "hotlane verify"',
    did: 'Nothing was compared.',
    remedy: 'Write one with "hotlane verify --output report.json".',
  },
  HL9001: {
    blame: 'bug',
    happened: 'hotlane met a fault of its own: {what}',
    did: 'Services that were running go on as far as possible.',
    remedy: 'Please report it with the text above.',
  },
} as const satisfies Record<string, ErrorRow>
