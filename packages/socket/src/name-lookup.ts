/*
 * Names and addresses asked for by themselves. Every dial resolves its own name; this is for programs that show, check or
 * compare addresses.
 */

import { lookupService } from 'node:dns/promises'
import { isIP } from 'node:net'

import { parseEndpoint, type Endpoint, type LogOption, type Timeout } from '@net/core'
import {
  argument,
  clientContext,
  inCall,
  netError,
  option,
  optionsDoor,
  shape,
  stoppable,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

import { roadOperation } from './dial-operation.ts'
import { socketErrors } from './errors.ts'
import { addressesOf, systemResolver, type ResolvedAddress, type Resolver } from './resolver.ts'

/** Options of `reverse`. */
export interface ReverseOptions {
  /** Aborting it ends the call with an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Limits in milliseconds; `resolve` is 10 s by default, a number limits the call as a whole. */
  readonly timeout?: Timeout | undefined
  /** Gets what happens: a sink, or `{ sink, level, protocols, context }`. */
  readonly log?: LogOption | undefined
}

/** Options of `resolve`. */
export interface ResolveOptions extends ReverseOptions {
  /** Only addresses of IPv4 or of IPv6; default both. */
  readonly family?: 4 | 6 | undefined
  /** Who is asked; default the operating system. */
  readonly resolver?: Resolver | undefined
}

/**
 * The addresses of a host, in the order in which a dial tries them; an address is its own. The only phase is `resolve`. Rejects
 * with `NET_DNS_NOT_FOUND`, `NET_DNS_TEMPORARY` or `NET_TIMEOUT_RESOLVE`.
 */
export async function resolve(
  name: string,
  options?: ResolveOptions,
): Promise<readonly ResolvedAddress[]> {
  const taken = resolveDoor(options)
  const endpoint = inCall({ protocol: 'dns', call: 'resolve' }, () => hostOf(name))
  const { signal, timeout, family, resolver = systemResolver } = taken
  const spec = { protocol: 'dns', operation: 'resolve', endpoint, errors: socketErrors }
  return roadOperation(spec, { signal, timeout, client: clientContext(taken) }, async (op) => {
    const all = await addressesOf(endpoint.host, resolver, op)
    const fitting = all.filter((each) => family === undefined || each.family === family)
    if (fitting.length > 0) return fitting
    throw netError('NET_DNS_NOT_FOUND', { message: `the host has no address of IPv${family}` })
  })
}

/**
 * The name of an address, as the operating system's resolver has it (PTR records, and the file of hosts). It is what the owner of the
 * address says, and proves nothing. The only phase is `resolve`. Rejects with `NET_DNS_NOT_FOUND`.
 */
export async function reverse(address: string, options?: ReverseOptions): Promise<string> {
  const taken = reverseDoor(options)
  inCall({ protocol: 'dns', call: 'reverse' }, () => argument('the address', anAddress, address))
  const { signal, timeout } = taken
  const endpoint = { scheme: 'dns', host: address, port: 0 }
  const spec = { protocol: 'dns', operation: 'reverse', endpoint, errors: socketErrors }
  return roadOperation(spec, { signal, timeout, client: clientContext(taken) }, (op) =>
    op.phase('resolve', async () => {
      const { hostname } = await stoppable(op, lookupService(address, 0))
      return hostname
    }),
  )
}

function hostOf(name: string): Endpoint {
  argument('the name', aHost, name)
  const { host } = parseEndpoint(`dns://${isIP(name) === 6 ? `[${name}]` : name}:0`).endpoint
  return { scheme: 'dns', host, port: 0 }
}

const aHost: Shape<string> = shape(
  'the name of a host, without a scheme or port',
  (value) => typeof value === 'string' && (isIP(value) !== 0 || /^[^\s:/?#@[\]\\]+$/u.test(value)),
)
const anAddress: Shape<string> = shape(
  'an IP address',
  (value) => typeof value === 'string' && isIP(value) !== 0,
)
const common = { signal: option.signal, timeout: option.timeout, log: option.log }
const reverseDoor: OptionsDoor<ReverseOptions> = optionsDoor<ReverseOptions>(
  { protocol: 'dns', call: 'reverse' },
  common,
)
const resolveDoor: OptionsDoor<ResolveOptions> = optionsDoor<ResolveOptions>(
  { protocol: 'dns', call: 'resolve' },
  { ...common, family: option.oneOf<4 | 6>(4, 6), resolver: option.callback() },
  { lookup: 'resolver' },
)
