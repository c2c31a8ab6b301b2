/* The codec of HTTP/1.1 on messages that a generator makes up: cut anywhere it says the same, and it ends with a message or an error of ours. */

import { isNetError } from '@net/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { ClientCodec } from '../../packages/http/src/http1/client-codec.ts'
import { ServerCodec } from '../../packages/http/src/http1/server-codec.ts'
import { answers, requests } from './http1-messages.ts'
import { fuzz } from './fuzz.ts'

const cuts = fc.array(fc.nat(300), { maxLength: 6 })

test('http1: an answer is the same wherever it is cut', async () => {
  await fuzz(fc.tuple(answers, cuts), ([text, at]) => {
    const whole = Buffer.from(text, 'latin1')
    const expected = readByUs([whole])
    expect(readByUs(cut(whole, at))).toEqual(expected)
  })
})

test('http1: a request is the same wherever it is cut', async () => {
  await fuzz(fc.tuple(requests, cuts), ([text, at]) => {
    const whole = Buffer.from(text, 'latin1')
    expect(readByServer(cut(whole, at))).toEqual(readByServer([whole]))
  })
})

test('http1: any bytes give an answer or an error of ours', async () => {
  await fuzz(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    const { error } = readByUs([Buffer.from('HTTP/1.1 200 OK\r\n'), Buffer.from(bytes)])
    if (error !== undefined) expect(error).toMatch(/^NET_(PROTO|CONN)_/)
  })
})

function cut(whole: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.filter((end) => end < whole.length), whole.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end))
}

interface Read {
  readonly heads: (readonly (string | number)[])[]
  body: string
  /** How many messages are complete. */
  ended: number
  readonly error?: string
}

/** How we read an answer to GET that the end of the connection follows. */
function readByUs(pieces: readonly Buffer[]): Read {
  const read: Read = { heads: [], body: '', ended: 0 }
  const codec = new ClientCodec({
    interim: (status, fields) => void read.heads.push([status, ...fields]),
    head: ({ status, fields }) => void read.heads.push([status, ...fields]),
    data: (chunk) => void (read.body += chunk.toString('latin1')),
    end: () => void (read.ended += 1),
    switched() {},
    rest() {},
  })
  codec.request({ method: 'GET', framing: 0 })
  return endedIn(read, () => {
    for (const piece of pieces) codec.receive(piece)
    codec.finish()
  })
}

function readByServer(pieces: readonly Buffer[]): Read {
  const read: Read = { heads: [], body: '', ended: 0 }
  const codec: ServerCodec = new ServerCodec({
    head: ({ method, target, fields }) => void read.heads.push([method, target, ...fields]),
    data: (chunk) => void (read.body += chunk.toString('latin1')),
    end() {
      read.ended += 1
      codec.response({ status: 204, fields: [] })
      codec.finalPiece()
      if (codec.mayGoOn) codec.next()
    },
    rest() {},
  })
  return endedIn(read, () => {
    for (const piece of pieces) codec.receive(piece)
    codec.finish()
  })
}

function endedIn(read: Read, run: () => void): Read {
  try {
    run()
    return read
  } catch (error) {
    if (isNetError(error)) return { ...read, error: error.code }
    throw error
  }
}
