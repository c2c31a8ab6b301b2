/*
 * `WWW-Authenticate` and `Proxy-Authenticate` as servers and devices write them (RFC 9110 section 11.6.1): several challenges in one line, quoted commas,
 * values with and without quotes. What cannot be read ends the list.
 */

/** What a server wants to be proved, and how. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** By names in lower case. */
  readonly params: ReadonlyMap<string, string>
}

/** The challenges of all lines, in order. */
export function parseChallenges(text: string): readonly Challenge[] {
  const reader = new Reader(text)
  const challenges: { scheme: string; params: Map<string, string> }[] = []
  for (;;) {
    reader.take(SEPARATORS)
    const word = reader.take(TOKEN)
    if (word === undefined) return challenges
    const current = challenges.at(-1)
    if (current !== undefined && reader.take(EQUALS) !== undefined) {
      const value = reader.value()
      if (value === undefined) return challenges
      if (!current.params.has(word.toLowerCase())) current.params.set(word.toLowerCase(), value)
    } else {
      challenges.push({ scheme: word.toLowerCase(), params: new Map() })
      reader.take(SPACES)
      reader.take(TOKEN68)
    }
  }
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** What the pattern finds at this place; undefined, and nothing taken, for nothing. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) return undefined
    this.#at += found.length
    return found
  }

  value(): string | undefined {
    const quoted = this.take(QUOTED)
    if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(.)/g, '$1')
    return this.take(BARE)
  }
}

const SEPARATORS = /[\s,]*/y
const SPACES = /\s*/y
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const EQUALS = /\s*=\s*/y
const QUOTED = /"(?:[^"\\]|\\.)*"/y
const BARE = /[^\s,"]+/y
/** One value in place of parameters, such as those of Negotiate. */
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y
