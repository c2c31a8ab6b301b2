/* Networks of IP addresses, and what an address is for. No address is resolved or connected to. */

import { BlockList, isIP } from 'node:net'

import { argument, inCall, netError, shape, type Shape } from '@net/core/authoring'

import { addressBytes, addressText } from './address-bytes.ts'
import { isPublic, plainAddress } from './admit.ts'

/** A network of IPv4 or IPv6, or a single address. */
export interface IpNetwork {
  readonly family: 4 | 6
  /** How many bits of its addresses are the same. */
  readonly prefix: number
  /** The first address. */
  readonly first: string
  /** The last address; in IPv4 that of broadcasts. */
  readonly last: string
  /** How many addresses it has. */
  readonly size: bigint
  /** Whether the address, or all of the network, is in it. An address of IPv4 within IPv6 (`::ffff:…`) counts as IPv4; a text that is no address is in none. */
  contains(other: string | IpNetwork): boolean
  /** As `first/prefix`. */
  toString(): string
}

/** What an address is for (RFC 6890): `reserved` for all that is none of the others and not of the public internet. */
export type AddressUse =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'unspecified'
  | 'reserved'

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32` or an address alone, which is a network of one. An address within the network stands for it.
 * Throws `NET_BAD_OPTION`.
 */
export function ipNetwork(text: string): IpNetwork {
  return inCall({ protocol: 'socket', call: 'ipNetwork' }, () => {
    const [address = '', bits, more] = argument('the network', aText, text).split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity
    if (family === 0 || prefix > most || more !== undefined || address.includes('%')) {
      throw netError('NET_BAD_OPTION', {
        message: 'the network must be an address, or an address and a prefix, as in 10.0.0.0/8',
      })
    }
    return new Network(address, prefix, family === 6 ? 6 : 4)
  })
}

/** What the address is for. An address of IPv4 within IPv6 (`::ffff:…`) counts as IPv4. Throws `NET_BAD_OPTION` for a text that is none. */
export function addressUse(address: string): AddressUse {
  inCall({ protocol: 'socket', call: 'addressUse' }, () =>
    argument('the address', anAddress, address),
  )
  const plain = plainAddress(address)
  for (const [use, networks] of USES) {
    if (networks.some((network) => ipNetwork(network).contains(plain))) return use
  }
  return isPublic(plain) ? 'public' : 'reserved'
}

class Network implements IpNetwork {
  readonly family: 4 | 6
  readonly prefix: number
  readonly first: string
  readonly last: string
  readonly size: bigint
  readonly #list = new BlockList()

  constructor(address: string, prefix: number, family: 4 | 6) {
    this.family = family
    this.prefix = prefix
    const bytes = addressBytes(address)
    this.first = addressText(bytes.map((byte, at) => byte & maskOf(prefix, at)))
    this.last = addressText(bytes.map((byte, at) => byte | (~maskOf(prefix, at) & 0xff)))
    this.size = 1n << BigInt(bytes.length * 8 - prefix)
    this.#list.addSubnet(this.first, prefix, nameOf(family))
    Object.freeze(this)
  }

  contains(other: string | IpNetwork): boolean {
    if (typeof other !== 'string') {
      return other.prefix >= this.prefix && this.contains(other.first) && this.contains(other.last)
    }
    const plain = plainAddress(other)
    const family = isIP(plain)
    return family === this.family && this.#list.check(plain, nameOf(family))
  }

  toString(): string {
    return `${this.first}/${this.prefix}`
  }
}

/** The bits of one byte that belong to the prefix. */
function maskOf(prefix: number, at: number): number {
  const bits = Math.min(Math.max(prefix - 8 * at, 0), 8)
  return (0xff << (8 - bits)) & 0xff
}

function nameOf(family: number): 'ipv4' | 'ipv6' {
  return family === 6 ? 'ipv6' : 'ipv4'
}

const aText: Shape<string> = shape('a string', (value) => typeof value === 'string')
const anAddress: Shape<string> = shape(
  'an IP address',
  (value) => typeof value === 'string' && isIP(value) !== 0,
)
const USES: readonly (readonly [AddressUse, readonly string[]])[] = [
  ['unspecified', ['0.0.0.0', '::']],
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
]
