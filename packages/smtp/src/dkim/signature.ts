/*
 * The signature of a message, as a header (RFC 6376, and RFC 8463 for Ed25519): over the hash of its body and over its
 * headers in relaxed form. Reads no body.
 */

import { createHash, sign } from 'node:crypto'

import { clock } from '@net/core/authoring'

import type { DkimKey } from './key.ts'

/** The signatures of one message, in the order of their keys; none signs another. `head` is its headers, each line with its end. */
export function signatures(keys: readonly DkimKey[], head: string, bodyHash: string): string {
  const fields = fieldsOf(head)
  return keys.map((key) => signature(key, fields, bodyHash)).join('')
}

interface Field {
  readonly name: string
  /** In relaxed form, without its end. */
  readonly relaxed: string
}

/** Headers of a message, the first one first. */
function fieldsOf(head: string): readonly Field[] {
  return head
    .split(/\r\n(?![ \t])/)
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).trim().toLowerCase()
      return { name, relaxed: `${name}:${relaxedValue(line.slice(colon + 1))}` }
    })
}

function relaxedValue(value: string): string {
  return value
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .trim()
}

function signature(key: DkimKey, fields: readonly Field[], bodyHash: string): string {
  const names = signedNames(fields, key)
  const unsigned = unsignedHeader(key, names, bodyHash)
  const colon = unsigned.indexOf(':')
  const own = `dkim-signature:${relaxedValue(unsigned.slice(colon + 1))}`
  const lines = names.map((name, at) => fieldFor(fields, names, at)?.relaxed ?? '').filter(Boolean)
  const text = Buffer.from([...lines, own].join('\r\n'), 'latin1')
  const made = key.algorithm === 'rsa-sha256' ? sign('sha256', text, key.key) : ed25519(text, key)
  const folded = made.toString('base64').match(/.{1,72}/g) ?? []
  return `${unsigned}${folded.join('\r\n ')}\r\n`
}

/** Ed25519 signs the hash and not the headers (RFC 8463, section 3). */
function ed25519(text: Buffer, { key }: DkimKey): Buffer {
  return sign(null, createHash('sha256').update(text).digest(), key)
}

/** Of several headers of one name the last one is signed first (RFC 6376, section 5.4.2). */
function fieldFor(
  fields: readonly Field[],
  names: readonly string[],
  at: number,
): Field | undefined {
  const name = names[at]
  const earlier = names.slice(0, at).filter((each) => each === name).length
  return fields.filter((each) => each.name === name).at(-1 - earlier)
}

/** The names for `h=`: each header that says something to who reads it, and From once more, so that none can be added. */
function signedNames(fields: readonly Field[], { omit }: DkimKey): readonly string[] {
  const names = fields.map(({ name }) => name)
  const signed = names.filter((name) => isSigned(name) && !omit.has(name))
  return ['from', ...signed]
}

function isSigned(name: string): boolean {
  return SIGNED.has(name) || name.startsWith('list-') || name.startsWith('resent-')
}

function unsignedHeader(
  { algorithm, domain, selector, expires }: DkimKey,
  names: readonly string[],
  bodyHash: string,
): string {
  const now = Math.floor(clock().date() / 1000)
  const times = `t=${now};${expires === undefined ? '' : ` x=${now + expires};`}`
  return [
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain};`,
    `s=${selector}; ${times}`,
    `h=${foldedNames(names)};`,
    `bh=${bodyHash};`,
    'b=',
  ].join('\r\n ')
}

function foldedNames(names: readonly string[]): string {
  let line = ''
  const lines: string[] = []
  for (const name of names) {
    if (line.length + name.length > LONGEST_NAMES) {
      lines.push(line)
      line = ''
    }
    line += `${name}:`
  }
  return [...lines, line.slice(0, -1)].join('\r\n  ')
}

const LONGEST_NAMES = 66
// RFC 6376, section 5.4.1, and what people answer by.
const SIGNED: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'to',
  'cc',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-id',
  'content-description',
  'content-disposition',
  'in-reply-to',
  'references',
  'auto-submitted',
])
