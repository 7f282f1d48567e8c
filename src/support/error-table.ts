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
  HL1010: {
    blame: 'user',
    happened: '"direct" is for "hotlane dev" alone, and {services} has it',
    did: 'Nothing was started or changed: a listening socket that hotlane holds would be closed with hotlane, which services in production outlive.',
    remedy:
      'Remove "direct" for production, where the gateway keeps the address; or let systemd hold the socket, and run the service without hotlane.',
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
    remedy: 'Mend the code; the next save, or deploy, builds again.',
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
  HL4006: {
    blame: 'user',
    happened: 'production instances run from {directory}: {services}',
    did: 'Nothing was started, and they go on.',
    remedy:
      'Take them over with "hotlane up", after which "hotlane down" ends them; or develop in another checkout of the project.',
  },
  HL4007: {
    blame: 'passing',
    happened: 'what has to be kept of an instance of {service} cannot be written: {reason}',
    did: 'The instance was not started, or was ended again; a release that was serving goes on serving.',
    remedy: 'Make room and check the permissions there.',
  },
  HL4008: {
    blame: 'user',
    happened: '{service} does not accept from the socket that it was handed: {what}',
    did: 'The new process was stopped; a release that was serving goes on serving.',
    remedy:
      'Let it accept from descriptor 3, of which LISTEN_FDS tells it, instead of listening on a port; or remove "direct" from its settings.',
  },
  HL5001: {
    blame: 'user',
    happened: '{address} cannot be listened on: {reason}',
    did: 'Nothing was started.',
    remedy: 'Choose another address, by "listen" in the settings or --listen of "hotlane dev", or stop what holds it.',
  },
  HL5004: {
    blame: 'passing',
    happened: 'a worker of the gateway cannot be started: {reason}',
    did: 'Workers that were running go on serving; it is tried again.',
    remedy: 'Look at {directory}/workers.log.',
  },
  HL5005: {
    blame: 'passing',
    happened: 'another hotlane has taken the workers of the gateway over',
    did: 'They go on serving, and this hotlane commands them no more.',
    remedy: 'Stop this one, and use the other.',
  },
  HL5006: {
    blame: 'passing',
    happened: 'the access log {file} cannot be written: {reason}',
    did: 'Requests are served; what was to be written of them is lost. It is tried again.',
    remedy: 'Look at the disk, and at who may write there; or set "gateway.accessLog" to another file.',
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
  HL6101: {
    blame: 'user',
    happened: 'a deploy of {service} is under way: {what}',
    did: 'Nothing was begun; that one goes on.',
    remedy: 'Wait for it, end it with "hotlane abort", or ask with --queue to come after it.',
  },
  HL6102: {
    blame: 'user',
    happened: '{service} has no release {release}',
    did: 'Nothing was changed.',
    remedy: 'See "hotlane releases" for those that are kept.',
  },
  HL6103: {
    blame: 'user',
    happened: 'there is nothing to {order}: {why}',
    did: 'Nothing was changed.',
    remedy: 'See "hotlane why" for what the service waits for.',
  },
  HL6104: {
    blame: 'user',
    happened: 'there is no service {service}',
    did: 'Nothing was changed.',
    remedy: 'See "hotlane status" for those there are.',
  },
  HL6105: {
    blame: 'passing',
    happened: '{file} is not the release that was written',
    did: 'It was not used.',
    remedy: 'Restore the file, or deploy again; another release is had back with "hotlane rollback N".',
  },
  HL6106: {
    blame: 'user',
    happened: '{file} cannot be taken as an artifact: {reason}',
    did: 'Nothing was deployed.',
    remedy:
      'Give the path of a program that can be read, or of a directory for a service that is run from its sources.',
  },
  HL6107: {
    blame: 'user',
    happened: 'there is no report of release {release} of {service}',
    did: 'Nothing was done.',
    remedy: 'A report is written when a rollout is over; see "hotlane why" for one that is under way.',
  },
  HL6108: {
    blame: 'passing',
    happened: 'a release of {service} cannot be kept: {reason}',
    did: 'Nothing was deployed; what runs goes on.',
    remedy: 'Make room or mend the permissions, and deploy again.',
  },
  HL6110: {
    blame: 'passing',
    happened: 'line {line} of the journal {file} is not what was written: {what}',
    did: 'Nothing was started or stopped; what runs goes on.',
    remedy: 'Restore the file from a copy. Without it, "hotlane up --state" with another directory begins anew.',
  },
  HL6111: {
    blame: 'user',
    happened: 'the journal {file} is of a newer hotlane (schema {schema}, known is {known})',
    did: 'Nothing was started or stopped; what runs goes on.',
    remedy: 'Use the hotlane that wrote it, or a newer one.',
  },
  HL6112: {
    blame: 'passing',
    happened: 'the journal {file} cannot be written: {reason}',
    did: 'Nothing was changed by what was to be written; traffic goes on as it was.',
    remedy: 'Make room or mend the permissions; hotlane tries again by itself.',
  },
  HL6113: {
    blame: 'passing',
    happened: 'release {release} of {service} cannot be started: {what}',
    did: 'The damaged release was not started; what runs goes on.',
    remedy:
      'Deploy again, or go back to a release that is whole with "hotlane rollback N". A loss of power, a failing disk or another program may have damaged it.',
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
    remedy:
      'Use that one, or end it first: by Ctrl-C where it runs, or "kill {pid}". What "hotlane up" serves goes on meanwhile.',
  },
  HL7003: {
    blame: 'user',
    happened: 'no hotlane serves {directory}',
    did: 'Nothing was done.',
    remedy: 'Start it there with "hotlane dev" or "hotlane up"; name a state directory of its own with --state.',
  },
  HL7004: {
    blame: 'user',
    happened: 'the API does not take this: {what}',
    did: 'Nothing was done.',
    remedy: 'docs/reference/api.md has what it takes.',
  },
  HL7005: {
    blame: 'user',
    happened: 'this is "{is}", and that can be asked of "{other}" alone',
    did: 'Nothing was done.',
    remedy: 'Deploys, rollbacks and what belongs to them need "hotlane up"; rebuild and restart need "hotlane dev".',
  },
  HL7006: {
    blame: 'user',
    happened: 'the API wants a token, and was given none or another one',
    did: 'Nothing was done.',
    remedy: 'Name the file that holds it with --token-file, or put it into HOTLANE_TOKEN.',
  },
  HL7007: {
    blame: 'passing',
    happened: 'the API at {where} broke off or does not answer: {reason}',
    did: 'What was asked for may have been begun; rollouts and services go on by themselves.',
    remedy: 'Look with "hotlane status", and try again.',
  },
  HL7008: {
    blame: 'user',
    happened: 'the API was to listen at {address}, which other machines may reach',
    did: 'Nothing was started.',
    remedy: 'Choose a loopback address, and reach it from elsewhere through "ssh -L 9000:127.0.0.1:9000 HOST".',
  },
  HL7009: {
    blame: 'user',
    happened: 'the token file {file} cannot be used: {reason}',
    did: 'Nothing was done.',
    remedy: 'Let it hold the token that "hotlane up --api" has written to api-token in its state directory.',
  },
  HL7010: {
    blame: 'user',
    happened: 'hotlane ended before it served ({how})',
    did: 'Nothing was left running that was not running before.',
    remedy: 'Mend what the last lines of {file} tell.',
  },
  HL7011: {
    blame: 'user',
    happened: 'it cannot be told which service is meant',
    did: 'Nothing was done.',
    remedy: 'Name one of: {known}.',
  },
  HL7012: {
    blame: 'user',
    happened: 'nobody can be asked here whether everything may end',
    did: 'Nothing was ended.',
    remedy: 'Say so with --yes.',
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
