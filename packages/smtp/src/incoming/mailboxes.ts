/* The addresses of an incoming header, as well as they can be read; nothing is sent to them by this. */

import type { AddressParts } from '../address.ts'
import { decodeWords } from './encoded-words.ts'

/** The mailboxes of a header (RFC 5322, section 3.4), those within groups too; what is no address is left out. */
export function readIncoming(raw: string): readonly AddressParts[] {
  const text = raw.replaceAll(
    GROUP,
    (whole: string, quoted: string | undefined) => quoted ?? (whole === ':' ? ',' : whole),
  )
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
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === ',' || token === ';') {
      items.push(item)
      item = ''
    } else item += token
  }
  return [...items, item].map((each) => each.trim()).filter((each) => each !== '')
}

// The colon of a group ends its name, which is no address.
const GROUP = /("(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|\[[^[\]]*\])|:/gs
const TOKENS = /"(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|[^"<(,;]+|./gs
