/*
 * A dialer of the caller's: what it throws by mistake is the caller's own, and what it gives is looked at before it is
 * used.
 */

import { isNetError, type Endpoint } from '@net/core'
import { argument, callerFault, option, type Shape } from '@net/core/authoring'

import type { Dialer, DialOptions } from './dialer.ts'
import { isKnown } from './errors.ts'
import { foreignTransport } from './foreign-transport.ts'
import type { Transport } from './transport.ts'

/** The same dialer. Failures that have a name, ours or the system's, pass to be told as such. */
export function foreignDialer(dialer: Dialer): Dialer {
  return {
    name: dialer.name,
    dial: (endpoint, options) => dialed(dialer, endpoint, options),
    ...(dialer.listen === undefined ? {} : { listen: dialer.listen.bind(dialer) }),
  }
}

async function dialed(
  dialer: Dialer,
  endpoint: Endpoint,
  options: DialOptions | undefined,
): Promise<Transport> {
  let given: unknown
  try {
    given = await dialer.dial(endpoint, options)
  } catch (error) {
    throw isNetError(error) || isKnown(error) ? error : callerFault(error)
  }
  return foreignTransport(argument(`what the dialer ${dialer.name} gives`, transport, given))
}

const transport: Shape<Transport> = option.methods<Transport>(
  'a transport, such as fromSocket(socket)',
  'read',
  'write',
  'end',
  'close',
  'abort',
)
