/* The options `cookies`: of a client, its jar; of a call, what goes besides. */

import { netError, option, shape, type Shape } from '@net/core/authoring'

import type { HttpHeaders } from '../headers.ts'
import { isPair } from './cookie.ts'
import { createCookieJar, type CookieJar } from './cookie-jar.ts'

const jar: Shape<CookieJar> = option.methods<CookieJar>(
  'a jar, such as createCookieJar()',
  'header',
  'learn',
  'ready',
)

/** The option of a client. */
export const clientCookiesShape: Shape<boolean | CookieJar> = option.either<boolean | CookieJar>(
  [option.flag, jar],
  'true, false or createCookieJar()',
)

/** The option of a request that is sent as it is. */
export const noCookiesShape: Shape<false> = shape('false', (value) => value === false)

/** The option of a call. */
export const callCookiesShape: Shape<false | Readonly<Record<string, string>>> = option.either<
  false | Readonly<Record<string, string>>
>([noCookiesShape, option.record(option.text)], 'false or an object of names and values')

/** The jar that the option means. */
export function jarOf(given: boolean | CookieJar | undefined): CookieJar | undefined {
  if (given === undefined || given === false) return undefined
  return given === true ? createCookieJar() : given
}

/** The headers with these cookies behind those that are there. Throws `NET_BAD_OPTION` for what no header can carry. */
export function withCookies(
  headers: HttpHeaders,
  cookies: Readonly<Record<string, string>>,
): HttpHeaders {
  const pairs = Object.entries(cookies).map(([name, value]) => {
    if (isPair(name, value)) return `${name}=${value}`
    throw netError('NET_BAD_OPTION', {
      message:
        'a cookie has a name or value that no header can carry; encode it, for example with encodeURIComponent()',
    })
  })
  const before = headers.get('cookie')
  const line = [...(before === undefined ? [] : [before]), ...pairs].join('; ')
  return line === '' ? headers : headers.with({ cookie: line })
}
