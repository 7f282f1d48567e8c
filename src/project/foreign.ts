import type { SettingsSource } from '../model/project.ts'

/** A settings file of another tool, read and never written. */
export interface ForeignFile {
  readonly kind: Exclude<SettingsSource['kind'], 'hotlane' | 'detected'>
  readonly text: string
  /** Absolute path. */
  readonly file: string
  /** The path as it stands in messages. */
  readonly shown: string
  /** Absolute directory in which the other tool would run. */
  readonly directory: string
  /** Absolute directory of the project, to which a draft's paths are relative. */
  readonly root: string
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}
