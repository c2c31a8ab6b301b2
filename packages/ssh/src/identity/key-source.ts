/* Where keys come from: files, bytes, texts. Knows no format of theirs. */

import { isSecret, type FileSource, type Secret, type TextSource } from '@net/core'
import {
  ByteQueue,
  checkSource,
  isFileSource,
  isTextSource,
  netError,
  openSource,
} from '@net/core/authoring'

import { invalid } from './invalid-key.ts'

/** Where a key comes from: a file, its bytes, or its text. */
export type KeySource = FileSource | TextSource | Uint8Array | Secret | string

/** Takes a source; a string must be the text of a key. Throws `NET_BAD_OPTION`. */
export function keySource(source: KeySource, what: 'private' | 'any' = 'any'): KeySource {
  if (isSecret(source)) return source
  if (typeof source === 'string') {
    const isText = source.includes('PRIVATE KEY') || source.startsWith('PuTTY-')
    if (isText || (what === 'any' && PUBLIC.test(source))) return source
    throw netError('NET_BAD_OPTION', {
      message: `a string must be the text of a ${what === 'any' ? '' : 'private '}key; for a file pass fromFile('…')`,
    })
  }
  if (isFileSource(source) || isTextSource(source) || source instanceof Uint8Array) {
    checkSource(source)
    return source
  }
  throw netError('NET_BAD_OPTION', {
    message: "a key is fromFile('…'), fromText('…'), its bytes or its text",
  })
}

/** What stands in it. Rejects with `NET_LOCAL_IO`, and with `NET_CREDENTIAL_INVALID` for what is too long for a key. */
export async function keyContent(source: KeySource): Promise<string> {
  if (isSecret(source)) return source.reveal()
  if (typeof source === 'string') return source
  await using opened = await openSource(source as FileSource)
  const content = new ByteQueue()
  for await (const chunk of opened.chunks()) {
    content.push(chunk)
    if (content.length > LONGEST) throw invalid('it is longer than any key')
  }
  return Buffer.from(content.take(content.length)).toString('utf8')
}

/** What messages call it: the path of a file. */
export function sourceLabel(source: KeySource): string | undefined {
  return isFileSource(source) ? source.path : undefined
}

const LONGEST = 1024 * 1024
const PUBLIC = /^(?:\s*[a-z][a-z0-9@.-]+ AAAA|\s*-{4,5} ?BEGIN )/
