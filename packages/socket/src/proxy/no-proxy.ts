/*
 * Which endpoints a list such as that of NO_PROXY keeps away from proxies. It goes by what was written: no name is
 * resolved to compare its addresses.
 */

import { BlockList, isIP } from 'node:net'

import { parseEndpoint, type Endpoint } from '@net/core'

/**
 * The test of such a list, whose entries are separated by commas or blanks: `*` for everything; `example.com` and
 * `.example.com` for the name and all below it, `*.example.com` for all below it; an address, or a network as
 * `10.0.0.0/8` or `fd00::/8`. All but networks take a `:port`; IPv6 then stands in brackets. Case, dots at the end and zones
 * do not count. Any other entry matches nothing.
 */
export function noProxy(list: string): (endpoint: Endpoint) => boolean {
  const rules = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(ruleOf)
  return ({ host, port }) => {
    const plain = plainHost(host)
    return rules.some((rule) => rule(plain, port))
  }
}

type Rule = (host: string, port: number) => boolean

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true
  if (entry.includes('/')) return networkRule(entry)
  const { host, port } = hostAndPort(entry)
  const matches = hostRule(host)
  return (asked, askedPort) => (port === undefined || port === askedPort) && matches(asked)
}

function networkRule(entry: string): Rule {
  const [, address = '', bits = ''] = NETWORK.exec(entry) ?? []
  const family = isIP(address)
  const prefix = Number(bits)
  if (family === 0 || prefix > (family === 6 ? 128 : 32)) return () => false
  const network = new BlockList()
  network.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  return (host) => contains(network, host)
}

function hostRule(host: string): (asked: string) => boolean {
  const [, wildcard, name = ''] = NAME.exec(host) ?? []
  if (wildcard === undefined || wildcard === '.') {
    const canonical = canonicalHost(name)
    if (canonical === undefined) return () => false
    if (isIP(canonical) !== 0) return addressRule(canonical)
    return (asked) => asked === canonical || asked.endsWith(`.${canonical}`)
  }
  const canonical = canonicalHost(name)
  return (asked) => canonical !== undefined && asked.endsWith(`.${canonical}`)
}

function addressRule(address: string): (asked: string) => boolean {
  const one = new BlockList()
  one.addAddress(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return (asked) => contains(one, asked)
}

/** Also where an address of version 4 is written as one of version 6. */
function contains(list: BlockList, host: string): boolean {
  const family = isIP(host)
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

function hostAndPort(entry: string): { readonly host: string; readonly port?: number } {
  // More than one colon without brackets is an IPv6 address without a port.
  const [, host, digits] = WITH_PORT.exec(entry) ?? []
  return host === undefined ? { host: entry } : { host, port: Number(digits) }
}

/** The one spelling of a host that endpoints have; undefined if it is not a host. */
function canonicalHost(text: string): string | undefined {
  const bare = text.startsWith('[') ? text.slice(1, -1) : text
  const host = isIP(bare) === 6 ? `[${bare}]` : bare
  try {
    return plainHost(parseEndpoint(`tcp://${host}`, { defaultPort: 0 }).endpoint.host)
  } catch {
    // Not a host. The entry comes from the environment, so there is no caller who could get an error.
    return undefined
  }
}

function plainHost(host: string): string {
  return host.toLowerCase().replace(/%.*$/, '').replace(/\.$/, '')
}

const NETWORK = /^\[?([^\]/]+)\]?\/(\d{1,3})$/
const NAME = /^(\*\.|\.)?(.*)$/
const WITH_PORT = /^(\[[^\]]*\]|[^:]+):(\d{1,5})$/
