/* What the jar asks of the library that reads cookies. Types only. */

/** A line of `Set-Cookie`, read but not judged. */
export interface ReadCookie {
  readonly name: string
  readonly value: string
  /** In lower case, without the dot before it. */
  readonly domain: string | undefined
  /** Undefined where the line names none, or none that begins with a slash. */
  readonly path: string | undefined
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
  /** When it ends, in milliseconds since 1970; below 0 for one that has ended; undefined without an end. */
  readonly expires: number | undefined
}

/** How cookies are read. */
export interface CookieRules {
  /** Undefined for a line that is no cookie. */
  read(line: string, now: number): ReadCookie | undefined
  /** Whether hosts of different owners share the domain, such as `co.uk` and `github.io`. */
  isPublic(domain: string): boolean
}
