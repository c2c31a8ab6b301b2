/* Which cookies a program wants kept, whatever the rules allow, and for how long. */

import { decided, option, type OptionTable, type Taken } from '@net/core/authoring'

import { domainsOf, cookieHost, type Cookie } from './cookie.ts'

/** What a program wants kept. */
export interface CookiePolicyOptions {
  /** Domains whose cookies are kept, with all hosts below them. Default all. */
  readonly allow?: readonly string[] | undefined
  /** Domains whose cookies are not kept, with all hosts below them; wins over `allow`. Default none. */
  readonly block?: readonly string[] | undefined
  /** Asked about each cookie that all else allows. */
  readonly accept?: ((cookie: Cookie) => boolean) | undefined
  /** The longest life of a cookie in milliseconds, whatever the server says. Default 400 days (RFC 6265bis section 5.5). */
  readonly maxAge?: number | undefined
}

/** The shapes of these options. */
export const policyTable: OptionTable<CookiePolicyOptions> = {
  allow: option.list(option.text),
  block: option.list(option.text),
  accept: option.callback(),
  maxAge: option.milliseconds,
}

/** What the jar asks. */
export interface CookiePolicy {
  /** In milliseconds. */
  readonly maxAge: number
  /** Why the cookie is not to be kept; undefined for one that is. */
  refuse(cookie: Cookie): string | undefined
}

/** The policy by these options. */
export function policyBy(options: Taken<CookiePolicyOptions>): CookiePolicy {
  const { accept, maxAge = LONGEST } = options
  const allow = options.allow && new Set(options.allow.map(plain))
  const block = new Set((options.block ?? []).map(plain))
  return {
    maxAge,
    refuse(cookie) {
      const domains = domainsOf(cookie.domain)
      if (domains.some((each) => block.has(each))) return 'the policy blocks its domain'
      if (allow !== undefined && !domains.some((each) => allow.has(each)))
        return 'the policy does not allow its domain'
      const isWanted = accept === undefined || decided('accept', 'true or false', accept(cookie))
      return isWanted ? undefined : 'the policy does not accept it'
    },
  }
}

function plain(domain: string): string {
  return cookieHost(domain.replace(/^\./, ''))
}

const LONGEST = 400 * 86_400_000
