/* The field `Link` (RFC 8288): what an answer says of other resources, such as the next page. It must not follow any. */

import { netError } from '@net/core/authoring'

/** A link of an answer. */
export interface HttpLink {
  /** In lower case, such as `next`. */
  readonly rel: string
  /** Absolute, where the answer has a URL itself. */
  readonly url: string
  /** The other parameters, by names in lower case. */
  readonly params: Readonly<Record<string, string>>
}

/** The links of an answer by what they are to it; of several with the same relation the first one. */
export type HttpLinks = Readonly<Record<string, HttpLink>>

/** The links in all lines of the field. `base` is the URL of the answer. Throws `NET_PROTO_MALFORMED`. */
export function linksIn(lines: readonly string[], base: string): HttpLinks {
  const links: Record<string, HttpLink> = Object.create(null) as Record<string, HttpLink>
  for (const line of lines) {
    for (const { target, params } of parsed(line)) {
      const { rel = '', anchor, ...others } = params
      if (anchor !== undefined && resolved(anchor, base) !== resolved('', base)) continue
      for (const name of rel.toLowerCase().split(/\s+/))
        if (name !== '') links[name] ??= { rel: name, url: resolved(target, base), params: others }
    }
  }
  return links
}

interface ParsedLink {
  readonly target: string
  readonly params: Readonly<Record<string, string>>
}

function parsed(line: string): readonly ParsedLink[] {
  const reader = new LinkReader(line)
  const links: ParsedLink[] = []
  for (let link = reader.next(); link !== undefined; link = reader.next()) links.push(link)
  return links
}

class LinkReader {
  readonly #line: string
  #at = 0

  constructor(line: string) {
    this.#line = line
  }

  /** The next link; undefined at the end. */
  next(): ParsedLink | undefined {
    this.#take(BETWEEN)
    if (this.#at === this.#line.length) return undefined
    const target = this.#take(TARGET)?.[1]
    if (target === undefined) throw malformed()
    const params: Record<string, string> = Object.create(null) as Record<string, string>
    for (let found = this.#take(PARAM); found !== undefined; found = this.#take(PARAM)) {
      const [, name = '', quoted, bare = ''] = found
      // Of a repeated parameter the first one counts (RFC 8288 section 3.3).
      if (name !== '') params[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? bare
    }
    if (this.#take(ENDED) === undefined) throw malformed()
    return { target, params }
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#line) ?? undefined
    if (found !== undefined) this.#at += found[0].length
    return found
  }
}

function resolved(target: string, base: string): string {
  return URL.parse(target, base === '' ? undefined : base)?.href ?? target
}

function malformed(): Error {
  return netError('NET_PROTO_MALFORMED', {
    message: 'the field Link of the answer cannot be read',
    sent: true,
  })
}

const ENDED = /(?=[\s,]|$)/y
const BETWEEN = /[\s,]*/y
const TARGET = /<([^<>]*)>/y
/** With a value in quotes, with a bare one, or without any; or nothing between two semicolons. */
const PARAM =
  /[^\S\n]*;\s*(?:([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?)?/y
