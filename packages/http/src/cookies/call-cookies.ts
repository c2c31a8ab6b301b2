/*
 * The cookies of one call: `Cookie` is written anew for each request on its way, of what the jar has and what the caller
 * gave, and the jar learns from each answer of a server.
 */

import { claimSecrets, guarded } from '@net/core/authoring'

import { HttpHeaders, holdHeader } from '../headers.ts'
import { keepMarks } from '../request-marks.ts'
import { placeOfRequest, requestTo, type HttpRequest } from '../request.ts'
import type { HttpResponse } from '../response.ts'
import type { CookieJar } from './cookie-jar.ts'

/** The jar of a client, and what its calls share. */
export class ClientCookies {
  readonly jar: CookieJar
  readonly #client: number
  #isReady = false
  /** Keeps the values of each header struck out of what the client tells. */
  readonly #held = new Map<string, object>()
  /** Kept so already: most calls send what the one before sent. */
  #protected: string | undefined
  #last:
    | { readonly from: HttpHeaders; readonly line: string; readonly made: HttpHeaders }
    | undefined

  /** `client` is its id. */
  constructor(jar: CookieJar, client: number) {
    this.jar = jar
    this.#client = client
  }

  /** Whether calls may begin at once. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Rejects with `NET_BAD_OPTION` where tough-cookie is not installed. */
  async load(): Promise<void> {
    await this.jar.ready()
    this.#isReady = true
  }

  /** The fields with this line as `Cookie`: the same ones as before where both come again, so that their text is not written anew. */
  fieldsWith(from: HttpHeaders, line: string): HttpHeaders {
    const last = this.#last
    if (last?.from === from && last.line === line) return last.made
    const made = HttpHeaders.received([...from.wire, 'cookie', line])
    this.#last = { from, line, made }
    return made
  }

  /** Strikes the values out of messages and events. */
  protect(header: string): void {
    if (header === this.#protected) return
    this.#protected = header
    if (this.#held.has(header)) return
    if (this.#held.size >= MOST_HELD) this.#held.clear()
    const holder = {}
    holdHeader(header, holder)
    claimSecrets(holder, this.#client)
    this.#held.set(header, holder)
  }
}

/** Hears why a cookie was not kept. */
export interface CookieWarnings {
  warn(message: string): void
}

/** The cookies of one call. */
export class CallCookies {
  readonly #client: ClientCookies
  readonly #op: CookieWarnings
  /** Names that an answer on the way set or ended: what the caller gave under them is out of date. */
  #changed: Set<string> | undefined
  /** Made for the first answer that sets one: most set none. */
  #guarded: ((url: string, lines: readonly string[]) => void) | undefined

  constructor(client: ClientCookies, op: CookieWarnings) {
    this.#client = client
    this.#op = op
  }

  /** The request with the cookies that go with it. */
  dressed(request: HttpRequest): HttpRequest {
    const place = placeOfRequest(request)
    const kept = this.#client.jar.header(place.href)
    if (kept === undefined && this.#changed === undefined) return request
    const { method, headers, body } = request
    const given = headers.get('cookie')
    const line = given === undefined ? kept : joined(kept ?? '', given, this.#changed)
    if (line !== undefined) this.#client.protect(line)
    const rest = given === undefined ? headers : headers.without('cookie')
    const fields = line === undefined ? rest : this.#client.fieldsWith(rest, line)
    const dressed = requestTo(method, { place }, fields, body)
    keepMarks(request, dressed)
    return dressed
  }

  /** Keeps what the answer sets. A cookie that is refused is a warning. */
  learn(request: HttpRequest, { headers }: HttpResponse): void {
    if (!headers.has('set-cookie')) return
    this.#guarded ??= guarded('learn() of a cookie jar', (url: string, lines: readonly string[]) =>
      this.#learn(url, lines),
    )
    this.#guarded(placeOfRequest(request).href, headers.getAll('set-cookie'))
  }

  #learn(url: string, lines: readonly string[]): void {
    for (const { name, refused } of this.#client.jar.learn(url, lines)) {
      if (refused !== undefined)
        this.#op.warn(`the cookie ${name ?? 'of the server'} is not kept: ${refused}`)
      else if (name !== undefined) (this.#changed ??= new Set()).add(name)
    }
  }
}

/** Each name once; the caller's value wins, unless the server has changed it since. */
function joined(
  kept: string,
  given: string,
  changed: ReadonlySet<string> | undefined,
): string | undefined {
  const values = new Map<string, string>()
  for (const pair of pairsOf(kept)) values.set(...pair)
  for (const [name, pair] of pairsOf(given)) if (changed?.has(name) !== true) values.set(name, pair)
  return values.size === 0 ? undefined : [...values.values()].join('; ')
}

function pairsOf(line: string): [name: string, pair: string][] {
  return line
    .split(';')
    .map((part) => part.trim())
    .filter((pair) => pair !== '')
    .map((pair) => [pair.slice(0, Math.max(0, pair.indexOf('='))), pair])
}

const MOST_HELD = 64
