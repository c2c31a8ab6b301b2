/* Bodies as an archive holds them: text where they are text, base64 where not, the fields of a form by name. */

import { isUtf8 } from 'node:buffer'

import { jsonWithoutSecrets, type IsSecret } from '@net/core/authoring'

import type { HarContent, HarParam, HarPostData } from './har.ts'
import { SECRET } from './secrets.ts'

/** What was sent, without secrets; undefined without a body. */
export async function postDataOf(
  bytes: Uint8Array,
  type: string,
  isSecret: IsSecret,
): Promise<HarPostData> {
  const [mimeType = ''] = type.split(';')
  if (FORM.test(mimeType)) {
    const params = await paramsOf(bytes, type, isSecret)
    if (params !== undefined) return { mimeType: mimeType.trim(), params }
  }
  const { text, encoding } = textOf(bytes, mimeType, isSecret)
  return { mimeType: type, text, ...(encoding === undefined ? {} : { _encoding: encoding }) }
}

/** What was answered, without secrets, with the lengths of its pieces. */
export function contentOf(
  chunks: readonly Uint8Array[],
  type: string,
  isSecret: IsSecret,
): HarContent {
  const bytes = Buffer.concat(chunks)
  const [mimeType = ''] = type.split(';')
  const { text, encoding } = textOf(bytes, mimeType, isSecret)
  const written = encoding === undefined ? Buffer.from(text) : bytes
  // A text that has lost its secrets has lost its pieces as well.
  const isSame = written.equals(bytes)
  return {
    size: bytes.length,
    mimeType: type,
    text,
    ...(encoding === undefined ? {} : { encoding }),
    ...(isSame && chunks.length > 1 ? { _chunks: chunks.map(({ length }) => length) } : {}),
  }
}

/** The bytes that an archive holds as a text. */
export function contentBytes(text: string, encoding: 'base64' | undefined): Buffer {
  return Buffer.from(text, encoding ?? 'utf8')
}

function textOf(
  bytes: Uint8Array,
  mimeType: string,
  isSecret: IsSecret,
): { readonly text: string; readonly encoding?: 'base64' } {
  if (!isUtf8(bytes)) return { text: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
  const text = Buffer.from(bytes).toString()
  if (!JSON_TYPE.test(mimeType)) return { text }
  // What calls itself JSON and is none stays as it is.
  return { text: jsonWithoutSecrets(text, isSecret) ?? text }
}

async function paramsOf(
  bytes: Uint8Array,
  type: string,
  isSecret: IsSecret,
): Promise<HarParam[] | undefined> {
  try {
    const form = await new Response(Buffer.from(bytes), {
      headers: { 'content-type': type },
    }).formData()
    return await Promise.all(Array.from(form, ([name, value]) => paramOf(name, value, isSecret)))
  } catch {
    return undefined
  }
}

async function paramOf(name: string, value: string | File, isSecret: IsSecret): Promise<HarParam> {
  if (typeof value === 'string') return { name, value: isSecret(name) ? SECRET : value }
  const bytes = Buffer.from(await value.arrayBuffer())
  const encoded = isUtf8(bytes)
    ? { value: bytes.toString() }
    : { value: bytes.toString('base64'), _encoding: 'base64' as const }
  return { name, ...encoded, fileName: value.name, contentType: value.type }
}

const FORM = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*$/i
const JSON_TYPE = /[/+]json\s*$/i
