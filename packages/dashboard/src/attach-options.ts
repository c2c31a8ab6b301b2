/* What `attach` takes, and the door that it passes. */

import { option, optionsDoor, shape, type OptionsDoor, type Shape } from '@net/core/authoring'

import type { Lab } from './lab/lab.ts'

/** Options of `attach`. */
export interface AttachOptions {
  /** The port; one that is in use makes way for the next that is free, of twenty. Default any free port. */
  readonly port?: number | undefined
  /** The address to listen on. Default 127.0.0.1; another one, such as 0.0.0.0 in a container, opens the page to others who have the token. */
  readonly listen?: string | undefined
  /** Names besides those of loopback under which the page is reached, exactly as the address bar has them, without port. */
  readonly allowHosts?: readonly string[] | undefined
  /** How many operations are kept; default 10,000. */
  readonly operations?: number | undefined
  /**
   * When wire lines, progress and pools are kept: `watched`, the default, while a page is open and fewer than 500 operations a
   * second begin, or `always`, which costs the program about as much again.
   */
  readonly lines?: 'watched' | 'always' | undefined
  /**
   * Names of parameters and of fields of JSON whose values stay in the process, beside those whose names say that they are
   * secret, such as `token` and `password`: `[secret]` stands for them in jobs and in what is exported.
   */
  readonly secretNames?: readonly string[] | undefined
  /** What the page calls the program. Default the name of its file. */
  readonly title?: string | undefined
  /** Test servers and scenarios that run within the program. */
  readonly lab?: Lab | undefined
}

const lab: Shape<Lab> = shape('an object of servers and scenarios', option.isObject)

/** The door of `attach`. */
export const attachDoor: OptionsDoor<AttachOptions> = optionsDoor<AttachOptions>(
  { call: 'attach' },
  {
    port: option.between(0, 65_535),
    listen: option.text,
    allowHosts: option.list(option.text),
    operations: option.between(1, 1_000_000),
    lines: option.oneOf('watched', 'always'),
    secretNames: option.list(option.text),
    title: option.text,
    lab,
  },
  { host: 'listen', hostname: 'listen' },
)
