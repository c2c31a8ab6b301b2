/* What a client lends to its calls, made of the options that every client takes. */

import { defaults, type CallDefaults, type ClientContext } from './call-options.ts'
import { logListener, type LogOption } from '../events/log-to.ts'
import { nextId } from './next-id.ts'
import { own } from '../options/own.ts'

/** The context of a new client with these options. Throws `NET_BAD_OPTION`. */
export function clientContext(options: {
  readonly log?: LogOption | undefined
  readonly defaults?: CallDefaults | undefined
}): ClientContext {
  const log = own(options, 'log')
  const given = own(options, 'defaults')
  return {
    id: nextId(),
    ...(log === undefined ? {} : { log: logListener(log) }),
    ...(given === undefined ? {} : { defaults: defaults.take(given, 'defaults') }),
  }
}
