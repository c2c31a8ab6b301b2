/* A request as a command line for curl, to be tried in a shell or passed on. */

import { argument, inCall, isSecretName, option, optionsDoor } from '@net/core/authoring'

import { aRequest, type HttpRequest } from './request.ts'

/** How a request is written for curl. */
export interface CurlOptions {
  /**
   * Whether secret header fields and parameters are written as they are. Default false: a variable of the shell that is named
   * as the field, such as `"$X_API_KEY"`, stands in their place.
   */
  readonly secrets?: boolean | undefined
}

/**
 * The command, for a POSIX shell: run by it, curl sends the same method, target, fields and body. A body that is no text is
 * piped into it by `printf`; one that is a stream stands as `@-`, the standard input. What the client adds when it sends, such
 * as `auth` and cookies of its jar, is not in it. Throws `NET_BAD_OPTION`.
 */
export function toCurl(request: HttpRequest, options?: CurlOptions): string {
  return inCall(CALL, () => {
    const { secrets = false } = curlOptions(options)
    return written(argument('the request', aRequest, request), secrets)
  })
}

function written(request: HttpRequest, secrets: boolean): string {
  const { url, body } = request
  const text = body?.bytes && textOf(body.bytes)
  const parts = ['curl', ...lineOf(request), ...fieldsOf(request, secrets)]
  if (body !== undefined) parts.push('--data-binary', quoted(text ?? '@-'))
  parts.push(target(url.href, secrets))
  const command = parts.join(' ')
  const isPiped = body?.bytes !== undefined && text === undefined
  return isPiped ? `printf '${octal(body.bytes)}' | ${command}` : command
}

function lineOf({ method, url, body }: HttpRequest): readonly string[] {
  // What curl would take for several places is a part of this one.
  const one = /[[\]{}]/.test(url.pathname + url.search) ? ['--globoff'] : []
  if (method === 'HEAD' && body === undefined) return [...one, '--head']
  return method === (body === undefined ? 'GET' : 'POST') ? one : [...one, '-X', quoted(method)]
}

function fieldsOf({ headers, body }: HttpRequest, secrets: boolean): readonly string[] {
  const given = [...headers].filter(([name]) => !FRAMING.has(name.toLowerCase()))
  const own = ownFields(body?.bytes).filter((name) => !headers.has(name))
  return [
    ...given.flatMap(([name, value]) => ['-H', field(name, value, secrets)]),
    ...own.flatMap((name) => ['-H', `'${name}:'`]),
    ...(headers.has('accept-encoding') ? ['--compressed'] : []),
  ]
}

function field(name: string, value: string, secrets: boolean): string {
  // curl drops a field with nothing behind the colon.
  if (value === '') return quoted(`${name};`)
  if (!secrets && isSecretName(name)) return `'${name}: '${variable(name)}`
  if (/^[ -~\t]*$/.test(value)) return quoted(`${name}: ${value}`)
  return `"$(printf '${octal(Buffer.from(`${name}: ${value}`, 'latin1'))}')"`
}

/** The fields that curl adds by itself. */
function ownFields(body: Uint8Array | undefined): readonly string[] {
  if (body === undefined) return ['accept', 'user-agent']
  const always = ['accept', 'user-agent', 'content-type']
  return body.length < EXPECTED ? always : [...always, 'expect']
}

/** The URL, with variables in the place of the values of secret parameters. */
function target(href: string, secrets: boolean): string {
  if (secrets) return quoted(href)
  let word = ''
  let end = 0
  for (const { 0: whole, 1: name = '', index } of href.matchAll(/(?<=[?&])([^=&#]*)=[^&#]*/g)) {
    if (!isSecretName(name)) continue
    word += quoted(href.slice(end, index + name.length + 1)) + variable(name)
    end = index + whole.length
  }
  return end < href.length || word === '' ? word + quoted(href.slice(end)) : word
}

function variable(name: string): string {
  const word = name.toUpperCase().replaceAll(/[^A-Z\d]/g, '_')
  return `"$${/^\d/.test(word) ? '_' : ''}${word}"`
}

/** Undefined for what no word of a command can be. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > LONGEST_WORD) return undefined
  const text = Buffer.from(bytes).toString('utf8')
  const isText = Buffer.from(text).equals(bytes) && !text.includes('\0') && !text.startsWith('@')
  return isText ? text : undefined
}

/** Bytes for `printf`, within single quotes. */
function octal(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return text.replaceAll(
    /[^\w .,:;/+=*@#&?!(){}<>|~^$-]|^-/g,
    (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const CALL = { protocol: 'http', call: 'toCurl' } as const
const curlOptions = optionsDoor<CurlOptions>(CALL, { secrets: option.flag })
/** What says how the body is sent is curl's own. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])
/** From so many bytes on curl asks for consent first. */
const EXPECTED = 1_048_576
/** Linux takes no longer word of a command. */
const LONGEST_WORD = 100_000
