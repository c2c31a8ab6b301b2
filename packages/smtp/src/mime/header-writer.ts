/*
 * One header as lines (RFC 5322, section 2.2.3): folded between its words, with encoded words (RFC 2047) where a reader would
 * not get the text as it was. Knows no message.
 */

import type { AddressParts } from '../address.ts'
import { encodeWords } from '../encoded-text.ts'

/** How headers are written. */
export interface HeaderStyle {
  /** Letters that a line has at most where its words let it. Default 76. */
  readonly line?: number | undefined
  /** Whether text beyond ASCII stays as it is, in UTF-8 (RFC 6532). Default false. */
  readonly utf8?: boolean | undefined
}

/** Mailboxes of a header: one, or several under a name (RFC 5322, section 3.4). */
export type HeaderAddress = AddressParts | HeaderGroup

/** A group. */
export interface HeaderGroup {
  readonly group: string
  readonly members: readonly AddressParts[]
}

/** Writes headers, as characters that stand for bytes. */
export class HeaderWriter {
  readonly #line: number
  readonly #utf8: boolean

  constructor({ line = LONGEST_LINE, utf8 = false }: HeaderStyle = {}) {
    this.#line = line
    this.#utf8 = utf8
  }

  /** A header of plain text, such as Subject. */
  text(key: string, value: string): string {
    if (value === '') return ''
    const text = value.replaceAll('\t', ' ')
    return this.#folded(key, this.#isSafe(key, text) ? text.split(' ') : encodedWords(text))
  }

  /** A header with a form of its own, such as List-Id: of its words those beyond ASCII are encoded where that changes nothing else. */
  structured(key: string, value: string): string {
    if (value === '') return ''
    const words = value.split(/[ \t]+/).filter((word) => word !== '')
    return this.#folded(key, this.#utf8 ? words : phrases(words))
  }

  /** A header of mailboxes. */
  mailboxes(key: string, list: readonly HeaderAddress[]): string {
    const [only] = list
    if (only === undefined) return ''
    if (list.length === 1) return this.#folded(key, this.#address(only))
    const words = list.flatMap((each, at) => {
      const written = this.#address(each)
      return at === list.length - 1 ? written : [...written.slice(0, -1), `${written.at(-1)},`]
    })
    return this.#folded(key, words)
  }

  #address(address: HeaderAddress): string[] {
    if (!('group' in address)) return this.#mailbox(address)
    const { group, members } = address
    const name = this.#phrase(group)
    const named = [...name.slice(0, -1), `${name.at(-1)}:`]
    if (members.length === 0) return [...named.slice(0, -1), `${named.at(-1)};`]
    const all = members.flatMap((each, at) => {
      const words = this.#mailbox(each)
      const end = at === members.length - 1 ? ';' : ','
      return [...words.slice(0, -1), `${words.at(-1)}${end}`]
    })
    return [...named, ...all]
  }

  #mailbox({ name = '', address }: AddressParts): string[] {
    // Some readers take a local part in quotes for a name.
    if (name === '') return [address.startsWith('"') ? `<${address}>` : address]
    return [...this.#phrase(name), `<${address}>`]
  }

  #phrase(name: string): string[] {
    const isPlain = this.#utf8 ? !name.includes('=?') : SIMPLE.test(name) && !name.includes('=?')
    if (!isPlain || this.#width(name) > this.#line - ROOM) return encodedWords(name)
    if (WORDS.test(name)) return name.split(' ')
    const quoted = `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`
    return Buffer.byteLength(quoted) > LONGEST_BYTES - ROOM ? encodedWords(name) : [quoted]
  }

  /** Whether readers get the text as it was, though it is not encoded. */
  #isSafe(key: string, text: string): boolean {
    if (text.includes('=?') || !(this.#utf8 ? UTF8_WORDS : SIMPLE).test(text)) return false
    const [first = '', ...others] = text.split(' ')
    // Some readers take a fold between a name and its value for a space of the value.
    return (
      this.#width(first) < this.#line - key.length - 1 &&
      others.every((word) => this.#width(word) < this.#line)
    )
  }

  /** Of the letters of a line how many it takes; more than it has where the line would have too many bytes (RFC 6532, section 3.4). */
  #width(word: string): number {
    if (!this.#utf8 || !BEYOND_ASCII.test(word)) return word.length
    const bytes = Buffer.byteLength(word)
    return Math.max(word.length, Math.ceil((bytes * this.#line) / LONGEST_BYTES))
  }

  #folded(key: string, words: readonly string[]): string {
    let lines = `${key}:`
    let room = this.#line - lines.length
    let isFirst = true
    for (const word of words) {
      const width = this.#width(word)
      const fits = isFirst || width < room
      lines += fits ? ` ${word}` : `\r\n ${word}`
      room = (fits ? room : this.#line) - width - 1
      isFirst = false
    }
    return `${BEYOND_ASCII.test(lines) ? asBytes(lines) : lines}\r\n`
  }
}

function encodedWords(text: string): string[] {
  return encodeWords(text).split(' ')
}

/** Runs of words beyond ASCII are encoded as one; what an address or a URL may be stays as it is. */
function phrases(words: readonly string[]): string[] {
  const written: string[] = []
  let run: string[] = []
  const end = (): void => {
    if (run.length > 0) written.push(...encodedWords(run.join(' ')))
    run = []
  }
  for (const word of words) {
    if (BEYOND_ASCII.test(word) && !/[<>@:/"();,]/.test(word)) run.push(word)
    else {
      end()
      written.push(word)
    }
  }
  end()
  return written
}

function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

const LONGEST_LINE = 76
// RFC 5322, section 2.1.1.
const LONGEST_BYTES = 998
// A name in quotes is not folded, and stands beside the header's own name.
const ROOM = 24
const SIMPLE = /^[!-~]+(?: [!-~]+)*$/
const UTF8_WORDS = /^[^\s\p{Cc}]+(?: [^\s\p{Cc}]+)*$/u
const BEYOND_ASCII = /[^\0-\x7F]/
const WORDS = /^[\w]+(?: [\w]+)*$/
