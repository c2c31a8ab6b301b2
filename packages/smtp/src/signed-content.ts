/*
 * A message with what its sender signs: the MIME part by a function of the caller's (S/MIME, PGP), and the whole by the keys
 * of a domain (DKIM). The whole message has to be read before its first byte is sent.
 */

import { callerFault, netError, stoppable } from '@net/core/authoring'

import type { Content, Opening } from './content.ts'
import { ContentScan } from './content-scan.ts'
import { BodyHash } from './dkim/body-hash.ts'
import type { DkimKey } from './dkim/key.ts'
import { signatures } from './dkim/signature.ts'

/**
 * Signs or encrypts the MIME part of a message: gets it from its Content-Type on, with CRLF at each end of a line, and gives
 * another one, such as `multipart/signed`, which begins with its Content-Type too.
 */
export type SignEntity = (entity: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** Who signs. */
export interface Signers {
  readonly dkim: readonly DkimKey[]
  readonly sign?: SignEntity | undefined
}

/** Opens a message and signs it. `open` is called twice where the message can be read twice, and its bytes are the same each time. */
export async function signedContent(
  opening: Opening,
  open: () => Promise<Content>,
  { dkim, sign }: Signers,
  replayable: boolean,
): Promise<Content> {
  const content = await open()
  if (sign === undefined && !Buffer.isBuffer(content.content) && replayable) {
    return streamed(opening, content, open, dkim)
  }
  try {
    // A source may give nothing for hours, and so may the function.
    const message = await stoppable(opening.op, whole(content))
    const made = sign === undefined ? message : await stoppable(opening.op, signedBy(message, sign))
    if (sign !== undefined) checkWhole(made, opening)
    const bytes = Buffer.concat([dkimOf(made, dkim), made])
    return { ...content, content: bytes, size: bytes.length, ready: false, dotted: undefined }
  } catch (error) {
    await content.close?.()
    throw error
  }
}

/** Reads the message once for its hash and opens it again to be sent. */
async function streamed(
  { op }: Opening,
  first: Content,
  open: () => Promise<Content>,
  dkim: readonly DkimKey[],
): Promise<Content> {
  const splitter = new Splitter()
  try {
    await stoppable(op, splitter.all(first.content as AsyncIterable<Uint8Array>))
  } finally {
    await first.close?.()
  }
  const header = Buffer.from(signatures(dkim, splitter.head, splitter.hash.digest()), 'latin1')
  const again = await open()
  return {
    ...again,
    content: following(header, again.content as AsyncIterable<Uint8Array>),
    ...(again.size === undefined ? {} : { size: again.size + header.length }),
  }
}

async function* following(
  header: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield header
  yield* rest
}

/** Takes the headers of a message from its body, however the bytes are cut and whatever ends the lines. */
class Splitter {
  readonly hash = new BodyHash()
  // With CRLF at each end of a line.
  #head = ''
  // A CR that may be half an end of a line.
  #held = ''
  #isOver = false

  /** The headers, once the whole message was seen. */
  get head(): string {
    return this.#isOver ? this.#head : crlf(this.#head + this.#held)
  }

  async all(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) this.push(chunk)
  }

  push(chunk: Uint8Array): void {
    if (this.#isOver) return this.hash.push(chunk)
    const given = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
    const text = this.#held + given
    this.#held = text.endsWith('\r') ? '\r' : ''
    return this.#lines(crlf(text.slice(0, text.length - this.#held.length)))
  }

  #lines(text: string): void {
    const seen = Math.max(0, this.#head.length - 3)
    this.#head += text
    const end = this.#head.startsWith('\r\n') ? '\r\n' : '\r\n\r\n'
    const at = this.#head.indexOf(end, seen)
    if (at < 0) return
    const body = this.#head.slice(at + end.length)
    this.#head = this.#head.slice(0, at)
    this.#isOver = true
    this.hash.push(Buffer.from(body + this.#held, 'latin1'))
  }
}

function crlf(text: string): string {
  return text.replaceAll(/\r\n?|\n/g, '\r\n')
}

function dkimOf(message: Buffer, keys: readonly DkimKey[]): Buffer {
  if (keys.length === 0) return Buffer.alloc(0)
  const splitter = new Splitter()
  splitter.push(message)
  return Buffer.from(signatures(keys, splitter.head, splitter.hash.digest()), 'latin1')
}

/** The message in memory, with CRLF at each end of a line. */
async function whole({ content }: Content): Promise<Buffer> {
  if (Buffer.isBuffer(content)) return content
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    if (size > LARGEST) throw tooLarge()
    chunks.push(Buffer.from(chunk))
  }
  const text = Buffer.concat(chunks).toString('latin1')
  return Buffer.from(crlf(text), 'latin1')
}

async function signedBy(message: Buffer, sign: SignEntity): Promise<Buffer> {
  const text = message.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const lines = text.slice(0, end).split(/\r\n(?![ \t])/)
  const own = lines.filter((line) => !/^content-/i.test(line))
  const entity = lines.filter((line) => /^content-/i.test(line))
  const given = await called(
    sign,
    Buffer.from(`${entity.join('\r\n')}${text.slice(end)}`, 'latin1'),
  )
  const signed = crlf(Buffer.from(given).toString('latin1'))
  if (!/^content-type[ \t]*:/i.test(signed) || !signed.includes('\r\n\r\n')) {
    throw netError('NET_BAD_OPTION', {
      message: 'sign must give a MIME part, which begins with its Content-Type',
    })
  }
  return Buffer.from(`${own.join('\r\n')}\r\n${signed}`, 'latin1')
}

async function called(sign: SignEntity, entity: Uint8Array): Promise<Uint8Array> {
  let given: unknown
  try {
    given = await sign(entity)
  } catch (error) {
    throw callerFault(error)
  }
  if (given instanceof Uint8Array) return given
  throw netError('NET_BAD_OPTION', { message: 'sign must give a Uint8Array' })
}

function checkWhole(message: Buffer, { check }: Opening): void {
  const scan = new ContentScan()
  scan.push(message)
  scan.end()
  check(scan.facts)
}

function tooLarge(): Error {
  return netError('NET_BODY_NOT_REPLAYABLE', {
    message:
      'a message that is signed must be read twice, and this one has a stream of more than 32 MiB; pass fromFile() or a function',
  })
}

const LARGEST = 33_554_432
