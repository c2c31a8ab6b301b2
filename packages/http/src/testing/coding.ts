/* Bodies compressed, at once or piece by piece. */

import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import * as zlib from 'node:zlib'

import type { Coding } from '../middleware/codings.ts'

/** The bytes in this coding. */
export function coded(coding: Coding, bytes: Uint8Array): Buffer {
  return WHOLE[coding](bytes)
}

/** The pieces in this coding; what is known of each leaves before the next one is asked for. */
export async function* codedPieces(
  coding: Coding,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const coder = STREAMS[coding]()
  const made: Buffer[] = []
  coder.on('data', (chunk: Buffer) => void made.push(chunk))
  for await (const piece of pieces) {
    coder.write(piece)
    await new Promise<void>((flushed) => coder.flush(flushed))
    yield* made.splice(0)
  }
  const ended = once(coder, 'end')
  coder.end()
  await ended
  yield* made
}

type Coder = Duplex & { flush(done: () => void): void }

const WHOLE: Readonly<Record<Coding, (bytes: Uint8Array) => Buffer>> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
}
const STREAMS: Readonly<Record<Coding, () => Coder>> = {
  gzip: zlib.createGzip,
  deflate: zlib.createDeflate,
  br: zlib.createBrotliCompress,
  zstd: zlib.createZstdCompress,
}
