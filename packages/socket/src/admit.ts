/*
 * The guard against being sent to addresses of the inside (SSRF): asked for every address just before it is connected
 * to, so that no spelling, redirect or second answer of a name server gets past it.
 */

import { BlockList, isIP } from 'node:net'

import { isNetError, type Endpoint } from '@net/core'
import { argument, callerFault, netError, option, own, type Shape } from '@net/core/authoring'

import { addressBytes } from './address-bytes.ts'
import type { Admit, Dialer, DialOptions } from './dialer.ts'
import type { ResolvedAddress } from './resolver.ts'
import type { Transport } from './transport.ts'

/** What a client must not connect to: `private` for every address that does not belong to the public internet. */
export type BlockOption = 'private'

/** Which addresses are blocked. */
export const block: Shape<BlockOption> = option.oneOf('private')

/**
 * The same road without the addresses that are blocked, which are `NET_ADDRESS_BLOCKED`. So is a road that does not ask
 * about addresses, such as a proxy that is given a name, because this side cannot see where it leads.
 */
export function blocking(dialer: Dialer, which: BlockOption): Dialer {
  argument('block', block, which)
  return {
    name: dialer.name,
    dial: (endpoint, options) => dialGuarded(dialer, endpoint, options),
    ...(dialer.listen === undefined ? {} : { listen: dialer.listen.bind(dialer) }),
  }
}

/**
 * Whether the address belongs to the public internet: not to this machine, a private network or a special use (RFC 6890).
 * An address of version 6 that leads to one of version 4 counts as that.
 */
export function isPublic(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  const family = isIP(plain)
  if (family === 0) return false
  if (family === 4) return !SPECIAL.check(plain, 'ipv4')
  const inner = TRANSLATED.check(plain, 'ipv6') ? addressBytes(plain).subarray(12).join('.') : ''
  if (inner !== '') return isPublic(inner)
  return GLOBAL.check(plain, 'ipv6') && !SPECIAL.check(plain, 'ipv6')
}

/** The address without its zone; one of version 4 that is mapped into version 6 as that. */
export function plainAddress(address: string): string {
  const plain = address.replace(/%.*$/, '')
  if (isIP(plain) !== 6 || !MAPPED.check(plain, 'ipv6')) return plain
  return addressBytes(plain).subarray(12).join('.')
}

/**
 * Whether the caller lets the address be connected to. Throws what `admit` throws, and `NET_BAD_OPTION` for an answer that
 * is neither yes nor no, such as a promise: a guard that fails lets nothing pass.
 */
export function isAdmitted(
  options: DialOptions | undefined,
  address: ResolvedAddress,
  endpoint: Endpoint,
): boolean {
  const admit = own(options, 'admit')
  if (admit === undefined) return true
  try {
    return argument('what admit gives', option.flag, admit(address, endpoint))
  } catch (error) {
    throw isNetError(error) ? error : callerFault(error)
  }
}

async function dialGuarded(
  dialer: Dialer,
  endpoint: Endpoint,
  options: DialOptions | undefined,
): Promise<Transport> {
  if (endpoint.path !== undefined) return dialer.dial(endpoint, options)
  let asked = false
  const admit: Admit = (address, target) => {
    asked = true
    return isPublic(address.address) && isAdmitted(options, address, target)
  }
  const transport = await dialer.dial(endpoint, { ...options, admit })
  if (asked) return transport
  const error = netError('NET_ADDRESS_BLOCKED', {
    message: `the dialer ${dialer.name} does not report the address it connects to, so block cannot check it`,
    phase: 'connect',
  })
  transport.abort(error)
  throw error
}

/** Made when it is asked first: most programs never need it, and a list costs more than the rest of this file. */
class Networks {
  readonly #networks: readonly string[]
  #list: BlockList | undefined

  constructor(...networks: readonly string[]) {
    this.#networks = networks
  }

  check(address: string, family: 'ipv4' | 'ipv6'): boolean {
    this.#list ??= this.#made()
    return this.#list.check(address, family)
  }

  #made(): BlockList {
    const list = new BlockList()
    for (const network of this.#networks) {
      const [address = '', bits] = network.split('/')
      list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
    }
    return list
  }
}

const SPECIAL = new Networks(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Multicast, and what is reserved above it.
  '224.0.0.0/3',
  // Within what is global: Teredo and its like, documentation, 6to4.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
)
const GLOBAL = new Networks('2000::/3')
const MAPPED = new Networks('::ffff:0:0/96')
/** Version 4 within version 6: mapped, and as NAT64 writes it. */
const TRANSLATED = new Networks('::ffff:0:0/96', '64:ff9b::/96')
