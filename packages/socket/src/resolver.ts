/*
 * From a host name to its addresses. Who calls a resolver limits and aborts it; the system's own cannot be
 * stopped once asked, so its late answer is dropped.
 */

import { isIP } from 'node:net'

import { isNetError } from '@net/core'
import {
  argument,
  callerFault,
  inCall,
  netError,
  option,
  shape,
  stoppable,
  type Operation,
  type Shape,
} from '@net/core/authoring'

import { isKnown } from './errors.ts'

/** An IP address and its family. */
export interface ResolvedAddress {
  readonly address: string
  readonly family: 4 | 6
  /** For how many milliseconds the answer holds, where the resolver knows. */
  readonly ttl?: number
}

/**
 * Gives the addresses of a host, in the order in which they should be tried; none at all counts as a name that
 * does not exist. The signal aborts once the answer is no longer needed.
 */
export type Resolver = (
  host: string,
  options: { readonly signal: AbortSignal },
) => Promise<readonly ResolvedAddress[]>

/** What a resolver may give: a value that is not an address could be taken for a name, or for this machine. */
export const resolvedAddresses: Shape<readonly ResolvedAddress[]> = shape(
  'a list of { address, family }, each an IP address and 4 or 6',
  (value) => Array.isArray(value) && value.every(isResolved),
)

function isResolved(value: unknown): boolean {
  const { address, family } = Object(value) as Partial<ResolvedAddress>
  return typeof address === 'string' && family !== undefined && isIP(address) === family
}

/** Asks the operating system, in its order (RFC 6724). */
export async function systemResolver(host: string): Promise<readonly ResolvedAddress[]> {
  inCall({ protocol: 'socket', call: 'systemResolver' }, () => argument('host', option.text, host))
  // The system would take it for a wrong argument.
  if (host.length > LONGEST_NAME) {
    throw netError('NET_DNS_NOT_FOUND', {
      message: `no name is longer than ${LONGEST_NAME} characters`,
    })
  }
  // Loaded for the first name: an address needs none.
  const { lookup } = process.getBuiltinModule('node:dns/promises')
  const found = await lookup(host, { all: true, order: 'verbatim' })
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/** The addresses of a host, which may be one itself; a phase of the operation. Rejects with `NET_DNS_NOT_FOUND`. */
export async function addressesOf(
  host: string,
  resolver: Resolver,
  op: Operation,
): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family: family === 6 ? 6 : 4 }]
  return op.phase('resolve', async () => {
    const asked = ask(resolver, host, op.signal)
    const found = await stoppable(op, asked, () => {})
    if (found.length > 0) return found
    throw netError('NET_DNS_NOT_FOUND', { message: 'the name has no address' })
  })
}

/** What a resolver of the caller's throws is the caller's own, unless it is a failure as the system's resolver has them. */
async function ask(
  resolver: Resolver,
  host: string,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  try {
    return argument('what the resolver gives', resolvedAddresses, await resolver(host, { signal }))
  } catch (error) {
    throw isNetError(error) || isKnown(error) || resolver === systemResolver
      ? error
      : callerFault(error)
  }
}

/** With the dot at its end (RFC 1035, section 2.3.4). */
const LONGEST_NAME = 254
