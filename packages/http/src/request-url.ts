/* Where a request goes: read from the caller's text, joined to the base, with parameters put in and credentials taken out. */

import { secret, type Secret } from '@net/core'
import { argument, netError, option, percentDecoded, refuseControl } from '@net/core/authoring'

import { encodeParams, protectParams, type Params } from './params.ts'

/** A URL that a request can be sent to, and who the URL said is asking. */
export interface RequestUrl {
  /** Without credentials and fragment. */
  readonly url: URL
  readonly user?: string
  readonly password?: Secret
}

/**
 * Reads an `http:` or `https:` URL. A path is joined to the base: `/users` to `https://host/v1` gives
 * `https://host/v1/users`. `params` gives the parameters for the URL. Throws `NET_BAD_URL`, or `NET_INJECTION` for control characters; neither error contains the URL.
 */
export function requestUrl(
  input: string | URL,
  base: URL | undefined,
  params: (url: URL) => readonly Params[],
): RequestUrl {
  const given = argument('the URL', option.url, input)
  const text = typeof given === 'string' ? given : given.href
  refuseControl('the URL', text)
  const url = parsed(text, base)
  for (const each of params(url)) append(url, encodeParams(each))
  if (url.search !== '') protectParams(url.search, url)
  if (url.hash !== '') url.hash = ''
  if (url.username === '' && url.password === '') return { url }
  const user = percentDecoded(url.username)
  const password = secret(percentDecoded(url.password))
  url.username = ''
  url.password = ''
  return { url, user, password }
}

/** The base of a client. Throws `NET_BAD_URL`. */
export function baseUrl(input: string | URL): RequestUrl {
  const base = requestUrl(input, undefined, () => [])
  if (base.url.search !== '') throw badUrl('a base has no query')
  return base
}

function parsed(text: string, base: URL | undefined): URL {
  const absolute = base === undefined || SCHEME.test(text)
  const url = URL.parse(absolute ? text : joined(base, text))
  if (url === null) {
    throw badUrl(
      absolute && !SCHEME.test(text)
        ? 'it has no scheme such as https:, and there is no baseUrl to join it to'
        : 'it cannot be read',
    )
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    // `localhost:3000` is a URL too, with the scheme `localhost:`.
    const help = HOST_AND_PORT.test(text) ? '; write http:// in front of the host' : ''
    throw badUrl(`the scheme must be http or https${help}`)
  }
  return url
}

function joined(base: URL, text: string): string {
  const { origin, pathname } = base
  if (text === '' || text.startsWith('?') || text.startsWith('#')) return origin + pathname + text
  const folder = pathname.endsWith('/') ? pathname : `${pathname}/`
  return origin + folder + text.replace(/^\//, '')
}

function append(url: URL, query: string): void {
  if (query === '') return
  url.search = url.search === '' ? query : `${url.search}&${query}`
}

function badUrl(why: string): Error {
  return netError('NET_BAD_URL', { message: `the URL is not valid: ${why}` })
}

const HOST_AND_PORT = /^[\w.-]+:\d/
const SCHEME = /^[a-z][a-z0-9+.-]*:/i
