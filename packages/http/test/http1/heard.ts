/* What a codec makes of bytes, as a list to compare: for tests that cut the same bytes in many ways. */

import { isNetError } from '@net/core'

import {
  ClientCodec,
  type ClientCodecOptions,
  type RequestMark,
} from '../../src/http1/client-codec.ts'
import { ServerCodec } from '../../src/http1/server-codec.ts'

/** One side's story: heads, interim heads, the body as one, the end, and an error by its code. */
export type Story = readonly (readonly unknown[])[]

const GET: RequestMark = { method: 'GET', framing: 0 }

/** What a client hears of an answer that arrives in these pieces; `ends` closes the connection behind them. */
export function heardByClient(
  pieces: readonly Uint8Array[],
  {
    mark = GET,
    ends = false,
    ...options
  }: { mark?: RequestMark; ends?: boolean } & ClientCodecOptions = {},
): Story {
  const story: unknown[][] = []
  const codec = new ClientCodec(
    {
      interim: (status, fields) => void story.push(['interim', status, ...fields]),
      head: ({ minor, status, reason, fields }, framing) =>
        void story.push(['head', minor, status, reason, ...fields, framing]),
      data: (chunk) => told(story, 'data', chunk),
      end: (trailers) => void story.push(['end', ...trailers]),
      switched: ({ status }) => void story.push(['switched', status]),
      rest: (bytes) => told(story, 'rest', bytes),
    },
    options,
  )
  codec.request(mark)
  return ran(story, () => {
    for (const piece of pieces) codec.receive(Buffer.from(piece))
    if (ends) codec.finish()
    story.push([codec.mayGoOn ? 'kept' : 'not kept'])
  })
}

/** What a server hears of requests that arrive in these pieces; each is answered at once, with nothing. */
export function heardByServer(pieces: readonly Uint8Array[], ends = false): Story {
  const story: unknown[][] = []
  const codec: ServerCodec = new ServerCodec({
    head: ({ minor, method, target, fields }, framing) =>
      void story.push(['head', minor, method, target, ...fields, framing]),
    data: (chunk) => told(story, 'data', chunk),
    end(trailers) {
      story.push(['end', ...trailers])
      codec.response({ status: 204, fields: [] })
      codec.finalPiece()
      if (codec.mayGoOn) codec.next()
    },
    rest: (bytes) => told(story, 'rest', bytes),
  })
  return ran(story, () => {
    for (const piece of pieces) codec.receive(Buffer.from(piece))
    if (ends) codec.finish()
  })
}

/** Text as bytes, one for each character. */
export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** The bytes cut at these places. */
export function cutAt(whole: Uint8Array, ...places: readonly number[]): Uint8Array[] {
  const ends = [...places.filter((place) => place < whole.length), whole.length]
  return ends.toSorted((a, b) => a - b).map((end, at, all) => whole.subarray(all[at - 1] ?? 0, end))
}

function told(story: unknown[][], what: string, chunk: Uint8Array): void {
  const text = Buffer.from(chunk).toString('latin1')
  const last = story.at(-1)
  if (last?.[0] === what) last[1] = `${String(last[1])}${text}`
  else story.push([what, text])
}

function ran(story: unknown[][], run: () => void): Story {
  try {
    run()
  } catch (error) {
    if (!isNetError(error)) throw error
    story.push(['error', error.code, error.message])
  }
  return story
}
