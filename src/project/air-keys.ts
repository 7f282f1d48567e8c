/** What a value of air's must be; `program` is a text or a list of texts, `duration` a whole number or a text. */
export type AirType = 'text' | 'texts' | 'flag' | 'whole' | 'program' | 'duration'

type Keys = Readonly<Record<string, AirType>>

const commands: Keys = {
  pre_cmd: 'texts',
  cmd: 'text',
  post_cmd: 'texts',
  bin: 'text',
  entrypoint: 'program',
  full_bin: 'text',
  args_bin: 'texts',
}

/** All tables of air v1.67 with their keys; `` is the top level. `proc` is not air's, but stands in files that people have. */
export const airTables: Readonly<Record<string, Keys>> = {
  '': { root: 'text', tmp_dir: 'text', testdata_dir: 'text', env_files: 'texts', watch_dir: 'text' },
  build: {
    ...commands,
    log: 'text',
    include_ext: 'texts',
    exclude_dir: 'texts',
    include_dir: 'texts',
    exclude_file: 'texts',
    include_file: 'texts',
    exclude_regex: 'texts',
    exclude_unchanged: 'flag',
    ignore_dangerous_root_dir: 'flag',
    follow_symlink: 'flag',
    poll: 'flag',
    poll_interval: 'whole',
    delay: 'whole',
    stop_on_error: 'flag',
    send_interrupt: 'flag',
    kill_delay: 'duration',
    rerun: 'flag',
    rerun_delay: 'whole',
  },
  'build.windows': commands,
  'build.darwin': commands,
  'build.linux': commands,
  'build.rules': {
    name: 'text',
    cmd: 'text',
    include_dir: 'texts',
    include_ext: 'texts',
    include_file: 'texts',
    exclude_regex: 'texts',
    delay: 'whole',
  },
  log: { time: 'flag', main_only: 'flag', silent: 'flag' },
  color: { main: 'text', watcher: 'text', build: 'text', runner: 'text', app: 'text', mode: 'text' },
  misc: { clean_on_exit: 'flag', startup_banner: 'text' },
  screen: { clear_on_rebuild: 'flag', keep_scroll: 'flag' },
  proxy: { enabled: 'flag', proxy_port: 'whole', app_port: 'whole', app_start_timeout: 'whole' },
  proc: { name: 'text', cmd: 'text' },
}

/** In words, and as a test of the value that the parser gives. */
export const airTypes: Readonly<
  Record<AirType, { readonly expected: string; readonly fits: (value: unknown) => boolean }>
> = {
  text: { expected: 'a text', fits: isText },
  texts: { expected: 'a list of texts', fits: isTexts },
  flag: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  whole: { expected: 'a whole number of milliseconds or a port, without quotes', fits: Number.isSafeInteger },
  program: { expected: 'a text or a list of texts', fits: (value) => isText(value) || isTexts(value) },
  duration: { expected: 'a duration such as "500ms"', fits: (value) => isText(value) || Number.isSafeInteger(value) },
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}
