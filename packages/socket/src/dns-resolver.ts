/*
 * Asks name servers over the network, in place of the operating system: no thread is held while one does not answer, and
 * the answers say how long they hold.
 */

import { Resolver as NameServers } from 'node:dns/promises'
import type { RecordWithTtl } from 'node:dns'

import {
  inCall,
  netError,
  onSignalAbort,
  option,
  optionsDoor,
  codeOf,
  type OptionsDoor,
} from '@net/core/authoring'

import type { ResolvedAddress, Resolver } from './resolver.ts'

/** Options of `dnsResolver`. */
export interface DnsResolverOptions {
  /** The name servers, each an IP address or `address:port`, `[address]:port`; default those of the system. */
  readonly servers?: readonly string[] | undefined
  /** Milliseconds after which a server that is silent is asked again; the dial's `resolve` limits the whole. Default 2,000. */
  readonly attemptTimeout?: number | undefined
}

/**
 * A resolver that asks name servers for A and AAAA records side by side; the answers have their `ttl`. It does not read the
 * file of hosts and knows no search domains. Throws `NET_BAD_OPTION`.
 */
export function dnsResolver(options?: DnsResolverOptions): Resolver {
  const { servers, attemptTimeout = ATTEMPT } = dnsDoor(options)
  // One that cannot be used is found now and not with the first name.
  inCall(PLACE, () => nameServers(servers, attemptTimeout))
  return async (host, { signal }) => {
    const asked = nameServers(servers, attemptTimeout)
    const forget = onSignalAbort(signal, () => asked.cancel())
    try {
      const [six, four] = await Promise.allSettled([
        asked.resolve6(host, { ttl: true }),
        asked.resolve4(host, { ttl: true }),
      ])
      const found = [...addressesIn(six, 6), ...addressesIn(four, 4)]
      if (found.length > 0) return found
      throw worse(four, six)
    } finally {
      forget()
    }
  }
}

function nameServers(servers: readonly string[] | undefined, timeout: number): NameServers {
  const asked = new NameServers({ timeout })
  if (servers === undefined) return asked
  try {
    asked.setServers(servers)
    return asked
  } catch (cause) {
    const message = 'servers must be IP addresses, with a port or without: 192.0.2.1:53'
    throw netError('NET_BAD_OPTION', { message, cause })
  }
}

function addressesIn(
  answer: PromiseSettledResult<readonly RecordWithTtl[]>,
  family: 4 | 6,
): readonly ResolvedAddress[] {
  if (answer.status === 'rejected') return []
  return answer.value.map(({ address, ttl }) => ({ address, family, ttl: ttl * 1000 }))
}

/** That a server does not answer says more than that there is no address of the other family. */
function worse(...answers: readonly PromiseSettledResult<unknown>[]): Error {
  const errors = answers.flatMap((each) =>
    each.status === 'rejected' ? [each.reason as Error] : [],
  )
  return (
    errors.find((error) => !ABSENT.has(codeOf(error))) ??
    errors[0] ??
    netError('NET_DNS_NOT_FOUND', { message: 'the name has no address' })
  )
}

const ABSENT: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND'])
const ATTEMPT = 2000
const PLACE = { protocol: 'dns', call: 'dnsResolver' } as const
const dnsDoor: OptionsDoor<DnsResolverOptions> = optionsDoor<DnsResolverOptions>(
  PLACE,
  { servers: option.list(option.text), attemptTimeout: option.count },
  { nameservers: 'servers', timeout: 'attemptTimeout' },
)
