/*
 * A transcript: what went over the connections of a dialer, as lines of JSON, with secrets struck out. It must not know how it
 * comes about or what it is for.
 */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'

import { netError, redact } from '@net/core/authoring'

/** What happened on a connection; `connection` counts from 1. */
export type TranscriptLine = { readonly connection: number } & (
  | { readonly dial: string }
  | { readonly refused: string; readonly message: string }
  | Moved<'sent'>
  | Moved<'received'>
  | { readonly tls: string; readonly alpn?: string }
  | { readonly ended: 'us' | 'peer' }
  | { readonly lost: string }
)

/** Bytes as text where they are text, else in base64. */
type Moved<K extends string> =
  | { readonly [P in K]: string }
  | { readonly [P in `${K}Base64`]: string }

/** Begins the file anew. Throws what the file system throws. */
export function beginTranscript(path: string | URL): void {
  writeFileSync(path, `${JSON.stringify({ transcript: 1 })}\n`, { mode: 0o600 })
}

/** Adds a line at once, so that it is there also after a crash. */
export function addLine(path: string | URL, line: TranscriptLine): void {
  appendFileSync(path, `${JSON.stringify(line)}\n`)
}

/** Bytes that moved, without the secrets that this process holds. */
export function moved(way: 'sent' | 'received', bytes: Uint8Array): Moved<'sent' | 'received'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = textOf(buffer)
  if (text !== undefined) return { [way]: redact(text) } as Moved<'sent' | 'received'>
  const clean = Buffer.from(redact(buffer.toString('latin1')), 'latin1')
  return { [`${way}Base64`]: clean.toString('base64') } as Moved<'sent' | 'received'>
}

/** The bytes of a line, if it is about such. */
export function bytesIn(line: TranscriptLine, way: 'sent' | 'received'): Uint8Array | undefined {
  const text: unknown = Reflect.get(line, way)
  if (typeof text === 'string') return Buffer.from(text)
  const base64: unknown = Reflect.get(line, `${way}Base64`)
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined
}

/** The lines of each connection, in the order of their dials. Throws `NET_BAD_OPTION` for a file that is no transcript, and what the file system throws. */
export function readTranscript(path: string | URL): readonly (readonly TranscriptLine[])[] {
  const [head = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const connections = new Map<number, TranscriptLine[]>()
  try {
    if ((JSON.parse(head) as { transcript?: unknown }).transcript !== 1) throw new Error('its head')
    for (const text of lines) {
      const line = JSON.parse(text) as TranscriptLine
      const before = connections.get(line.connection)
      if (before === undefined) connections.set(line.connection, [line])
      else before.push(line)
    }
  } catch (cause) {
    throw netError('NET_BAD_OPTION', {
      message: 'the file is no transcript of recordDialer',
      cause,
    })
  }
  return [...connections.values()]
}

function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  // Control characters other than those of text, and what is no UTF-8, are not worth reading.
  const isText = !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffd]/.test(text)
  return isText && Buffer.byteLength(text) === bytes.length ? text : undefined
}
