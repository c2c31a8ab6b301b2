/* A request as a command line for curl, to be tried in a shell or passed on. */

import { argument, inCall, option, optionsDoor } from '@net/core/authoring'

import { aRequest, type HttpRequest } from './request.ts'
import { isSecretName, shownUrl } from './secret-names.ts'

/** How a request is written for curl. */
export interface CurlOptions {
  /** Whether secret header fields and parameters are written as they are. Default false: `[secret]` stands in their place. */
  readonly secrets?: boolean | undefined
}

/**
 * The command, for a POSIX shell. A body of bytes is written if it is text; any other stands as `@-`, the standard input.
 * What the client adds when it sends, such as `auth` and cookies of its jar, is not in it. Throws `NET_BAD_OPTION`.
 */
export function toCurl(request: HttpRequest, options?: CurlOptions): string {
  return inCall(CALL, () => {
    const { secrets = false } = curlOptions(options)
    return written(argument('the request', aRequest, request), secrets)
  })
}

function written({ method, url, headers, body }: HttpRequest, secrets: boolean): string {
  const parts = ['curl']
  if (method === 'HEAD') parts.push('--head')
  else if (method !== (body === undefined ? 'GET' : 'POST')) parts.push('-X', quoted(method))
  for (const [name, value] of headers) {
    const shown = !secrets && isSecretName(name) ? '[secret]' : value
    // curl drops a field with nothing behind the colon.
    parts.push('-H', quoted(value === '' ? `${name};` : `${name}: ${shown}`))
  }
  if (headers.get('accept-encoding') !== undefined) parts.push('--compressed')
  if (body !== undefined) parts.push('--data-binary', quoted(textOf(body.bytes)))
  parts.push(quoted(secrets ? url.href : shownUrl(url.href)))
  return parts.join(' ')
}

function textOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '@-'
  const text = Buffer.from(bytes).toString('utf8')
  const isText = Buffer.from(text).equals(bytes) && !text.includes('\0') && !text.startsWith('@')
  return isText ? text : '@-'
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const CALL = { protocol: 'http', call: 'toCurl' } as const
const curlOptions = optionsDoor<CurlOptions>(CALL, { secrets: option.flag })
