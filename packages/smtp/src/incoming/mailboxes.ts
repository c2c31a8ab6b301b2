/* The addresses of an incoming header, as well as they can be read; nothing is sent to them by this. */

import type { AddressParts } from '../address.ts'
import { decodeWords } from './encoded-words.ts'

/** The mailboxes of a header (RFC 5322, section 3.4), those within groups too; what is no address is left out. */
export function readIncoming(raw: string): readonly AddressParts[] {
  // The colon of a group ends its name, which is no address.
  const text = [...tokensOf(raw, GROUPS)].map((token) => (token === ':' ? ',' : token)).join('')
  return split(text).flatMap((item) => mailboxOf(item))
}

function mailboxOf(item: string): AddressParts[] {
  const [, before = '', bracketed] = /^([^<]*)<([^<>]*)>/.exec(item) ?? []
  if (bracketed !== undefined) {
    const address = decodeWords(bracketed.trim())
    return address.includes('@') ? [named(nameOf(before), address)] : []
  }
  const comment = /\(([^()]*)\)/.exec(item)?.[1] ?? ''
  const address = decodeWords(item.replaceAll(/\([^()]*\)/g, '').trim())
  return /^[^\s@]+@[^\s@]+$|^".*"@[^\s@]+$/s.test(address)
    ? [named(decodeWords(comment), address)]
    : []
}

function named(name: string, address: string): AddressParts {
  return name === '' ? { address } : { name, address }
}

function nameOf(text: string): string {
  const plain = text.trim()
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(plain)?.[1]?.replaceAll(/\\(.)/gs, '$1')
  return decodeWords(quoted ?? plain)
}

/** The items between commas and semicolons that stand outside of quotes, brackets and comments. */
function split(text: string): readonly string[] {
  const items: string[] = []
  let item = ''
  for (const token of tokensOf(text, ITEMS)) {
    if (token === ',' || token === ';') {
      items.push(item)
      item = ''
    } else item += token
  }
  return [...items, item].map((each) => each.trim()).filter((each) => each !== '')
}

/** What a text is cut into, and the same where quotes mean nothing any more. */
interface Tokens {
  readonly quoted: RegExp
  readonly plain: RegExp
}

/** A quote without an end is a letter, and so are those behind it: whether one has an end is looked for once. */
function* tokensOf(text: string, { quoted, plain }: Tokens): Generator<string, void> {
  let pattern = quoted
  for (let at = 0; at < text.length;) {
    pattern.lastIndex = at
    const token = pattern.exec(text)?.[0] ?? text.charAt(at)
    if (token === '"') pattern = plain
    at += token.length
    yield token
  }
}

const GROUPS: Tokens = {
  quoted: /"(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|\[[^[\]]*\]|[^"<([:]+|./sy,
  plain: /<[^<>]*>|\([^()]*\)|\[[^[\]]*\]|[^<([:]+|./sy,
}
const ITEMS: Tokens = {
  quoted: /"(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|[^"<(,;]+|./sy,
  plain: /<[^<>]*>|\([^()]*\)|[^<(,;]+|./sy,
}
