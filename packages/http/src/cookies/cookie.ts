/* A cookie as a plain value, and where one is sent (RFC 6265). It must not know who keeps it. */

import { netError, option, optionsDoor, type Taken } from '@net/core/authoring'

/** A cookie that is kept. */
export interface Cookie {
  readonly name: string
  readonly value: string
  /** The host that gets it, in lower case; with all hosts below it where `hostOnly` is false. */
  readonly domain: string
  readonly hostOnly: boolean
  /** The beginning of the paths that get it. */
  readonly path: string
  /** Whether it goes over https only. */
  readonly secure: boolean
  /** Whether the server wants it kept from scripts; it changes nothing here. */
  readonly httpOnly: boolean
  /** What the server said of requests from other sites; it changes nothing here. */
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
  /** In milliseconds since 1970; undefined for one that ends with the program. */
  readonly expires: number | undefined
}

/** A cookie as a program sets it: what is left out has its plainest value. */
export interface CookieFields {
  readonly name: string
  readonly value: string
  /** Such as `shop.example`. */
  readonly domain: string
  /** Default true. */
  readonly hostOnly?: boolean | undefined
  /** Default `/`. */
  readonly path?: string | undefined
  /** Default false. */
  readonly secure?: boolean | undefined
  /** Default false. */
  readonly httpOnly?: boolean | undefined
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined
  /** In milliseconds since 1970; a later moment than the last possible date counts as that date. */
  readonly expires?: number | undefined
}

/** The last moment that a date can have, in milliseconds since 1970 (ECMA-262 section 21.4.1.1). */
export const LAST_MOMENT = 8_640_000_000_000_000

/** A cookie of the caller's. Throws `NET_BAD_OPTION` for what no header can carry. */
export function cookieOf(fields: CookieFields): Cookie {
  const given = cookieFields(fields) as Taken<CookieFields> & CookieFields
  if (!isPair(given.name, given.value)) {
    throw netError('NET_BAD_OPTION', {
      message:
        'a cookie has a name, and neither it nor the value may contain ; or control characters',
    })
  }
  const domain = cookieHost(given.domain.replace(/^\./, ''))
  const path = given.path ?? '/'
  if (!isPlace(domain, path)) {
    throw netError('NET_BAD_OPTION', {
      message:
        'the domain of a cookie is that of a host, and its path begins with / and contains no control characters',
    })
  }
  return {
    name: given.name,
    value: given.value,
    domain,
    hostOnly: given.hostOnly ?? true,
    path,
    secure: given.secure ?? false,
    httpOnly: given.httpOnly ?? false,
    sameSite: given.sameSite,
    expires: given.expires === undefined ? undefined : Math.min(given.expires, LAST_MOMENT),
  }
}

/** Whether a header can carry this name and value. */
export function isPair(name: string, value: string): boolean {
  return name !== '' && !/[=;]/.test(name) && !value.includes(';') && !UNFIT.test(name + value)
}

/** Whether domain and path are valid, and can be written into a cookie file. */
function isPlace(domain: string, path: string): boolean {
  return domain !== '' && !NO_HOST.test(domain) && path.startsWith('/') && !CONTROL.test(path)
}

/** A host as cookies name it: in lower case, without the dot at its end. */
export function cookieHost(hostname: string): string {
  const lower = hostname.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

/** Whether the host is an address, which has no domain above it. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)
}

/** The host itself and the domains above it, the nearest first. */
export function domainsOf(host: string): string[] {
  const domains = [host]
  if (isAddress(host)) return domains
  for (let at = host.indexOf('.'); at >= 0; at = host.indexOf('.', at + 1))
    domains.push(host.slice(at + 1))
  return domains
}

/** Whether a request for the path gets a cookie of this path (RFC 6265 section 5.1.4). */
export function isBelow(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false
  return (
    path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/'
  )
}

/** The path of a cookie whose server named none (RFC 6265 section 5.1.4). */
export function defaultPath(path: string): string {
  const at = path.lastIndexOf('/')
  return at <= 0 ? '/' : path.slice(0, at)
}

const cookieFields = optionsDoor<CookieFields>(
  { protocol: 'http', call: 'CookieJar.set' },
  {
    name: option.required(option.text),
    value: option.required(option.text),
    domain: option.required(option.text),
    hostOnly: option.flag,
    path: option.text,
    secure: option.flag,
    httpOnly: option.flag,
    sameSite: option.oneOf('strict', 'lax', 'none'),
    expires: option.milliseconds,
  },
  { maxAge: 'expires', key: 'name' },
)
const UNFIT: RegExp = new RegExp('[\\u0000-\\u001f\\u007f]|[^\\u0000-\\u00ff]')
const CONTROL: RegExp = new RegExp('[\\u0000-\\u001f\\u007f]')
/** A line of a file that begins with # is a comment. */
const NO_HOST: RegExp = new RegExp('^#|[\\u0000-\\u0020\\u007f;/]')
