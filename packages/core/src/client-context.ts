/* What a client lends to its calls, made of the options that every client takes. */

import type { CallDefaults, ClientContext } from './call-options.ts'
import { logListener, type LogOption } from './events/log-to.ts'
import { nextId } from './next-id.ts'
import { own } from './options.ts'

/** The context of a new client with these options. Throws `NET_BAD_OPTION` for a log that is none. */
export function clientContext(options: {
  readonly log?: LogOption
  readonly defaults?: CallDefaults
}): ClientContext {
  const log = own(options, 'log')
  const defaults = own(options, 'defaults')
  return {
    id: nextId(),
    ...(log === undefined ? {} : { log: logListener(log) }),
    ...(defaults === undefined ? {} : { defaults }),
  }
}
