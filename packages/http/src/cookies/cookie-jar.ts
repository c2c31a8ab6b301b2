/*
 * The jar: which cookies are kept, and the line `Cookie` for a URL, which is kept too, since most calls go where others
 * went before. It must not know calls.
 */

import { clock, harmless, inCall, option, optionsDoor, PRINTING } from '@net/core/authoring'

import { loadCookieRules } from '../engine/tough-cookie.ts'
import {
  cookieOf,
  domainsOf,
  cookieHost,
  isBelow,
  type Cookie,
  type CookieFields,
} from './cookie.ts'
import {
  policyBy,
  policyTable,
  type CookiePolicy,
  type CookiePolicyOptions,
} from './cookie-policy.ts'
import type { CookieRules } from './cookie-rules.ts'
import { readCookieFile, writeCookieFile } from './netscape.ts'
import { requestUrl } from '../request-url.ts'
import { settingOf, type SettingServer } from './setting.ts'

/** Options of a jar. */
export interface CookieJarOptions extends CookiePolicyOptions {
  /** Such as those that an earlier run kept: `[...jar]`. */
  readonly cookies?: Iterable<CookieFields> | undefined
}

/**
 * Cookies, kept for one client or for several (RFC 6265): at most 4,096 bytes each, 180 of a domain and 3,000 in all. The
 * oldest one goes first. Iterating gives those that have not ended.
 */
export interface CookieJar extends Iterable<Cookie> {
  /** The cookies that a request for the URL would carry, in the order of the header. Throws `NET_BAD_URL`. */
  cookiesFor(url: string | URL): readonly Cookie[]
  /** Keeps a cookie, whatever the policy says. Throws `NET_BAD_OPTION`. */
  set(cookie: CookieFields): void
  /** Drops the cookies that have all of this, and says how many there were; without an argument all. */
  delete(which?: Partial<Pick<Cookie, 'name' | 'domain' | 'path'>>): number
  /**
   * Adds the cookies of a file in the format of Netscape, which curl, wget and Python's `MozillaCookieJar` write; resolves
   * to how many there were. Rejects with `NET_LOCAL_IO`, and with `NET_BAD_CONFIG` for a line that is not valid.
   */
  load(file: string): Promise<number>
  /** Writes all cookies to such a file, readable by its owner alone, in place of what was there. Rejects with `NET_LOCAL_IO`. */
  save(file: string): Promise<void>
  /** Loads what reading cookies needs. Rejects with `NET_BAD_OPTION` where tough-cookie is not installed. */
  ready(): Promise<void>
  /** The value of `Cookie` for a URL without credentials, undefined without cookies for it. */
  header(url: string): string | undefined
  /**
   * Keeps the cookies of an answer: the URL that it came from, and its lines `Set-Cookie`. Gives what became of each, in
   * order; one that is refused never throws. To be called after `ready()`.
   */
  learn(url: string, lines: readonly string[]): readonly CookieVerdict[]
}

/** What became of a line of `Set-Cookie`. */
export interface CookieVerdict {
  /** Undefined where the line cannot be read. */
  readonly name: string | undefined
  /** Why the cookie is not kept; undefined for one that is kept, or that ended another one. */
  readonly refused: string | undefined
}

/** Makes a jar. Throws `NET_BAD_OPTION`. */
export function createCookieJar(options?: CookieJarOptions): CookieJar {
  return inCall(CALL, () => {
    const { cookies = [], ...policy } = jarOptions(options)
    const jar = new Jar(policyBy(policy))
    for (const cookie of cookies) jar.set(cookie)
    return jar
  })
}

interface Kept {
  readonly cookie: Cookie
  /** Rises with each cookie; one that is set anew keeps its place. */
  readonly order: number
}

interface Line {
  readonly cookies: readonly Cookie[]
  readonly value: string | undefined
  /** When the first of its cookies ends. */
  readonly until: number
}

class Jar implements CookieJar {
  readonly #policy: CookiePolicy
  /** By domain, and in it by path and name. */
  readonly #domains = new Map<string, Map<string, Kept>>()
  /** By URL without its query. */
  readonly #lines = new Map<string, Line>()
  #size = 0
  #order = 0
  #rules: CookieRules | undefined
  #loading: Promise<CookieRules> | undefined

  static {
    // Declared as a computed member it would need type inference to make this file's declarations.
    Object.defineProperty(Jar.prototype, PRINTING, {
      value(this: Jar) {
        return this.#names()
      },
    })
  }

  constructor(policy: CookiePolicy) {
    this.#policy = policy
  }

  async ready(): Promise<void> {
    if (this.#rules !== undefined) return
    this.#loading ??= loadCookieRules()
    this.#rules = await this.#loading
  }

  header(url: string): string | undefined {
    return this.#size === 0 ? undefined : this.#line(url).value
  }

  cookiesFor(url: string | URL): readonly Cookie[] {
    return inCall({ ...CALL, call: 'CookieJar.cookiesFor' }, () => this.#line(placeOf(url)).cookies)
  }

  learn(url: string, lines: readonly string[]): readonly CookieVerdict[] {
    const { protocol, hostname, pathname } = new URL(url)
    const from: SettingServer = {
      host: cookieHost(hostname),
      path: pathname,
      isSecure: protocol === 'https:',
    }
    return lines.map((line) => this.#learn(line, from))
  }

  set(fields: CookieFields): void {
    this.#keep(cookieOf(fields))
  }

  delete(which: Partial<Pick<Cookie, 'name' | 'domain' | 'path'>> = {}): number {
    const { name, path } = which
    const domain = which.domain === undefined ? undefined : cookieHost(which.domain)
    const dropped = this.#all().filter(
      ({ cookie }) =>
        (name ?? cookie.name) === cookie.name &&
        (path ?? cookie.path) === cookie.path &&
        (domain ?? cookie.domain) === cookie.domain,
    )
    for (const { cookie } of dropped) this.#drop(cookie)
    return dropped.length
  }

  async load(file: string): Promise<number> {
    const cookies = await readCookieFile(file)
    for (const cookie of cookies) this.#keep(cookie)
    return cookies.length
  }

  async save(file: string): Promise<void> {
    await writeCookieFile(file, [...this])
  }

  *[Symbol.iterator](): Iterator<Cookie> {
    const now = clock().date()
    for (const { cookie } of this.#all()) if (!hasEnded(cookie, now)) yield cookie
  }

  /** What is printed: by domain the names of the cookies, whose values are secrets. */
  #names(): Readonly<Record<string, readonly string[]>> {
    const names = new Map<string, string[]>()
    for (const { domain, name } of this) {
      const there = names.get(domain)
      if (there === undefined) names.set(domain, [harmless(name)])
      else there.push(harmless(name))
    }
    return Object.fromEntries(names)
  }

  #learn(line: string, from: SettingServer): CookieVerdict {
    const rules = this.#rules
    if (rules === undefined) return { name: undefined, refused: 'the jar is not ready' }
    const now = clock().date()
    const setting = settingOf(line, from, { rules, now, longest: this.#policy.maxAge })
    if ('refused' in setting) return { name: nameIn(line), refused: setting.refused }
    const { name } = setting
    const refused = this.#isGuarded(setting, from) ?? this.#policy.refuse(setting)
    if (refused === undefined) this.#keep(setting)
    return { name, refused }
  }

  /** What came over http must not take the place of what came over https (RFC 6265bis section 5.7). */
  #isGuarded({ name, domain, path }: Cookie, { isSecure }: SettingServer): string | undefined {
    if (isSecure) return undefined
    const isKept = ({ cookie }: Kept): boolean =>
      cookie.secure &&
      cookie.name === name &&
      isBelow(path, cookie.path) &&
      meets(cookie.domain, domain)
    return this.#all().some(isKept)
      ? 'a Secure cookie has its name, and it came over http'
      : undefined
  }

  #keep(cookie: Cookie): void {
    const before = this.#domains.get(cookie.domain)?.get(keyOf(cookie))
    if (hasEnded(cookie, clock().date())) {
      if (before !== undefined) this.#drop(cookie)
      return
    }
    if (before === undefined) this.#add(cookie)
    else if (!isSame(before.cookie, cookie)) {
      this.#domains.get(cookie.domain)?.set(keyOf(cookie), { cookie, order: before.order })
      this.#lines.clear()
    }
  }

  #add(cookie: Cookie): void {
    const { domain } = cookie
    const bucket = this.#domains.get(domain) ?? new Map<string, Kept>()
    this.#domains.set(domain, bucket)
    if (bucket.size >= MOST_OF_DOMAIN) this.#makeRoom([...bucket.values()])
    if (this.#size >= MOST) this.#makeRoom(this.#all())
    this.#order += 1
    // A bucket that room was made in may have gone.
    this.#domains.set(domain, bucket)
    bucket.set(keyOf(cookie), { cookie, order: this.#order })
    this.#size += 1
    this.#lines.clear()
  }

  #makeRoom(kept: readonly Kept[]): void {
    const now = clock().date()
    const ended = kept.filter(({ cookie }) => hasEnded(cookie, now))
    for (const { cookie } of ended) this.#drop(cookie)
    if (ended.length > 0) return
    const oldest = kept.reduce((first, each) => (each.order < first.order ? each : first))
    this.#drop(oldest.cookie)
  }

  #drop(cookie: Cookie): void {
    const bucket = this.#domains.get(cookie.domain)
    if (bucket?.delete(keyOf(cookie)) !== true) return
    this.#size -= 1
    if (bucket.size === 0) this.#domains.delete(cookie.domain)
    this.#lines.clear()
  }

  #all(): Kept[] {
    const all = [...this.#domains.values()].flatMap((bucket) => [...bucket.values()])
    return all.toSorted((one, other) => one.order - other.order)
  }

  #line(url: string): Line {
    const place = before(before(url, '#'), '?')
    const known = this.#lines.get(place)
    const now = clock().date()
    if (known !== undefined && now < known.until) return known
    const line = this.#made(new URL(place), now)
    if (this.#lines.size >= MOST_LINES) this.#lines.clear()
    this.#lines.set(place, line)
    return line
  }

  #made({ protocol, hostname, pathname }: URL, now: number): Line {
    const host = cookieHost(hostname)
    const fits = ({ cookie }: Kept): boolean =>
      (!cookie.hostOnly || cookie.domain === host) &&
      (!cookie.secure || protocol === 'https:') &&
      isBelow(pathname, cookie.path) &&
      !hasEnded(cookie, now)
    const kept = domainsOf(host)
      .flatMap((domain) => [...(this.#domains.get(domain)?.values() ?? [])])
      .filter(fits)
      .toSorted(
        (one, other) =>
          other.cookie.path.length - one.cookie.path.length || one.order - other.order,
      )
    const cookies = withinHeader(kept.map(({ cookie }) => cookie))
    const until = Math.min(...cookies.map(({ expires }) => expires ?? Infinity))
    const value = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    return { cookies, value: value === '' ? undefined : value, until }
  }
}

function before(url: string, mark: string): string {
  const at = url.indexOf(mark)
  return at < 0 ? url : url.slice(0, at)
}

/** Servers refuse requests with more. */
function withinHeader(cookies: readonly Cookie[]): readonly Cookie[] {
  let length = 0
  return cookies.filter(({ name, value }) => {
    const longer = length + name.length + value.length + 3
    if (longer > LONGEST_HEADER) return false
    length = longer
    return true
  })
}

function placeOf(url: string | URL): string {
  return requestUrl(url, undefined, () => []).url.href
}

function keyOf({ path, name }: Cookie): string {
  return `${path}\n${name}`
}

function hasEnded({ expires }: Cookie, now: number): boolean {
  return expires !== undefined && expires <= now
}

function isSame(one: Cookie, other: Cookie): boolean {
  return (
    one.value === other.value &&
    one.expires === other.expires &&
    one.secure === other.secure &&
    one.hostOnly === other.hostOnly &&
    one.httpOnly === other.httpOnly &&
    one.sameSite === other.sameSite
  )
}

/** Whether one of the domains is the other one or above it. */
function meets(one: string, other: string): boolean {
  return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)
}

function nameIn(line: string): string | undefined {
  const name = /^\s*([^=;\s]{1,64})=/.exec(line)?.[1]
  return name !== undefined && /^[!-~]+$/.test(name) ? name : undefined
}

const CALL = { protocol: 'http', call: 'createCookieJar' } as const
const jarOptions = optionsDoor<CookieJarOptions>(CALL, {
  ...policyTable,
  cookies: option.anything,
})
const MOST_OF_DOMAIN = 180
const MOST = 3000
const MOST_LINES = 256
const LONGEST_HEADER = 8190
