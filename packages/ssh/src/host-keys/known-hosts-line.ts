/*
 * One line of a known_hosts file, in the format of sshd(8), section "SSH_KNOWN_HOSTS FILE FORMAT". No I/O.
 */

import { createHmac, timingSafeEqual } from 'node:crypto'

import { matchesPattern } from '../host-pattern.ts'
import { isWhole, keyType, type HostKey } from './host-key.ts'

/** A line that is about a host. */
export interface KnownHostsLine {
  /** What the line says of its key; a plain line says that it is the host's. */
  readonly marker?: 'cert-authority' | 'revoked'
  /** Its key's algorithm, and the key in wire format. */
  readonly type: string
  readonly blob: Uint8Array
}

/**
 * Reads a line if it is about the host with that name (`host`, or `[host]:port` where the port is not 22). Undefined
 * for lines about others, comments, and lines that cannot be read, which OpenSSH skips as well.
 */
export function lineFor(name: string, line: string): KnownHostsLine | undefined {
  const fields = line.trim().split(BLANK)
  const first = fields[0] ?? ''
  if (first.startsWith('#')) return undefined
  if (!first.startsWith('@')) return entryFor(name, fields)
  const marker = MARKERS.get(first)
  const entry = marker === undefined ? undefined : entryFor(name, fields.slice(1))
  return entry === undefined || marker === undefined ? undefined : { ...entry, marker }
}

/** A plain line with its line end. */
export function formatLine(name: string, key: HostKey): string {
  return `${name} ${key.type} ${Buffer.from(key.blob).toString('base64')}\n`
}

/**
 * Whether a host field is about the host: names and patterns with `*` and `?`, separated by commas, of which one
 * that begins with `!` takes back all others; or one hashed name, `|1|salt|hash`.
 */
export function matchesHost(field: string, name: string): boolean {
  const wanted = name.toLowerCase()
  if (field.startsWith('|')) return matchesHash(field, wanted)
  let matched = false
  for (const entry of field.toLowerCase().split(',')) {
    const negated = entry.startsWith('!')
    const pattern = negated ? entry.slice(1) : entry
    if (pattern === '' || !matchesPattern(pattern, wanted)) continue
    if (negated) return false
    matched = true
  }
  return matched
}

function entryFor(name: string, fields: readonly string[]): KnownHostsLine | undefined {
  const [hosts = '', type = '', key = ''] = fields
  if (key === '' || !matchesHost(hosts, name)) return undefined
  const blob = Buffer.from(key, 'base64')
  return keyType(blob) === type && isWhole(blob) ? { type, blob } : undefined
}

function matchesHash(field: string, name: string): boolean {
  const [, kind, salt = '', hash = '', extra] = field.split('|')
  // Base64 alone: what stands behind it, such as a second name, makes the line one that cannot be read.
  if (kind !== '1' || extra !== undefined || !HASH.test(hash)) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

const HASH = /^[A-Za-z0-9+/]{27}=$/
const BLANK = /[ \t\r]+/
const MARKERS: ReadonlyMap<string, 'cert-authority' | 'revoked'> = new Map([
  ['@cert-authority', 'cert-authority'],
  ['@revoked', 'revoked'],
])
