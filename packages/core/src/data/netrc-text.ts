/*
 * The format of `.netrc`: machines with a login and a password each, as ftp, curl and Python read it. Knows no file
 * system and no network.
 */

import { netError } from '../errors/net-error.ts'
import { nextId } from '../operation/next-id.ts'
import { claimSecrets } from '../redaction/redact.ts'
import { secret, type Secret } from '../redaction/secret.ts'

/** Who one is on a machine. */
export interface NetrcEntry {
  readonly login: string
  readonly password: Secret
}

/** The entry for a host: its own, else that of `default`, if there is one. */
export type NetrcLookup = (host: string) => NetrcEntry | undefined

/**
 * Reads the text of a `.netrc`: words, in quotes where they hold blanks; `#` begins a comment where a keyword could
 * stand; macros are passed over. The first entry for a host counts. Throws `NET_BAD_CONFIG` with the line, and never
 * with a word of it. No client has the passwords yet.
 */
export function parseNetrc(text: string): NetrcLookup {
  const owner = nextId()
  const reader = new Reader(text)
  const machines = new Map<string, NetrcEntry>()
  let fallback: NetrcEntry | undefined
  for (let word = reader.keyword(); word !== undefined; word = reader.keyword()) {
    if (word === 'machine') {
      const host = plainHost(reader.value())
      const entry = entryOf(reader, owner)
      if (!machines.has(host)) machines.set(host, entry)
    } else if (word === 'default') fallback ??= entryOf(reader, owner)
    else if (word === 'macdef') reader.skipMacro()
    else throw reader.failure('machine, default or macdef is expected')
  }
  return (host) => machines.get(plainHost(host)) ?? fallback
}

/** One spelling: in lower case, without the dot at the end of a whole name. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

function entryOf(reader: Reader, owner: number): NetrcEntry {
  let login = ''
  let password = ''
  for (;;) {
    const word = reader.keyword()
    if (word === 'login' || word === 'user') login = reader.value()
    else if (word === 'password') password = reader.value()
    else if (word === 'account') reader.value()
    else {
      if (word !== undefined) reader.back()
      return { login, password: owned(password, owner) }
    }
  }
}

function owned(password: string, owner: number): Secret {
  const held = secret(password)
  claimSecrets(held, owner)
  return held
}

/** The words of the text, one after the other. */
class Reader {
  readonly #text: string
  #at = 0
  #before = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The next word outside comments; undefined at the end. */
  keyword(): string | undefined {
    for (;;) {
      const word = this.#word()
      if (word?.startsWith('#') !== true) return word
      this.#match(/[^\n]*/y)
    }
  }

  /** The word that a keyword needs behind it. */
  value(): string {
    const word = this.#word()
    if (word !== undefined) return word
    throw this.failure('a value is missing at the end')
  }

  /** Gives the last word once more. */
  back(): void {
    this.#at = this.#before
  }

  /** A macro has a name and ends with an empty line. */
  skipMacro(): void {
    this.value()
    this.#match(/.*?(?:\n[ \t\r]*\n|$)/sy)
  }

  failure(why: string): Error {
    const line = this.#text.slice(0, this.#at).split('\n').length
    return netError('NET_BAD_CONFIG', {
      message: `the netrc file is not valid in line ${line}: ${why}`,
    })
  }

  #word(): string | undefined {
    this.#match(/\s*/y)
    this.#before = this.#at
    const [word, quoted] = this.#match(WORD) ?? []
    if (word?.startsWith('"') === true && quoted === undefined) {
      throw this.failure('a quotation does not end')
    }
    return quoted === undefined ? word : quoted.replace(/\\(.)/gs, '$1')
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text) ?? undefined
    if (found !== undefined) this.#at = pattern.lastIndex
    return found
  }
}

const WORD = /"((?:[^"\\]|\\.)*)"|\S+/sy
