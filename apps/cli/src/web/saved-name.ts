/* The name under which a download is saved: that of the URL, or the one that the server gives. */

import type { HttpHeaders } from '@net/http'

import { UsageError } from '../usage-error.ts'

/** The last part of the URL, without query. Throws `UsageError` if there is none. */
export function nameInUrl(url: string): string {
  const name = cleaned(decoded(new URL(url).pathname.split('/').at(-1) ?? ''))
  if (name !== undefined) return name
  throw new UsageError(`${url} names no file: give -o`)
}

/** The name of Content-Disposition (RFC 6266): `filename*` first; undefined if it has none that can be used. */
export function nameInHeader(headers: HttpHeaders): string | undefined {
  const text = headers.get('content-disposition') ?? ''
  const extended = /(?:^|[;\s])filename\*\s*=\s*([\w-]*)'[^']*'([^;\s]*)/i.exec(text)
  if (extended !== null) {
    const [, charset = '', value = ''] = extended
    const name = cleaned(/^utf-8$/i.test(charset) ? decoded(value) : value)
    if (name !== undefined) return name
  }
  const [, quoted, plain] =
    /(?:^|[;\s])filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/i.exec(text) ?? []
  return cleaned(quoted?.replaceAll(/\\(.)/g, '$1') ?? decoded((plain ?? '').trim()))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

/** The name without folders; undefined for what cannot be the name of a file here. */
function cleaned(given: string): string | undefined {
  const name = given.split(/[/\\]/).at(-1)?.trim() ?? ''
  const isNone = name === '' || /^\.+$/.test(name) || UNFIT.test(name) || RESERVED.test(name)
  return isNone || name.startsWith('.') ? undefined : name
}

const UNFIT = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u
// Devices of Windows; a file of such a name cannot be removed there.
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i
