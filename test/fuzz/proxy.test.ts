/*
 * What proxies and their clients say, made up by a generator: cut anywhere it means the same, it ends with an answer or an
 * error of ours, and nothing is kept that has no end.
 */

import { isNetError, type Endpoint } from '@net/core'
import { ByteQueue } from '@net/core/authoring'
import type { Connection } from '@net/socket'
import { SocksServerHalf } from '@net/socket/authoring'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

// @boundaries-ignore the codecs have no public names, and a million inputs have no place among the tests of their package
import { parseChallenges } from '../../packages/socket/src/proxy/challenges.ts'
// @boundaries-ignore as above
import { connectDialogue } from '../../packages/socket/src/proxy/connect-codec.ts'
// @boundaries-ignore as above
import { HttpLogin } from '../../packages/socket/src/proxy/http-login.ts'
// @boundaries-ignore as above
import type { ProxyDialogue } from '../../packages/socket/src/proxy/proxy-dialogue.ts'
// @boundaries-ignore as above
import { takeProxyHeader } from '../../packages/socket/src/proxy/proxy-header.ts'
// @boundaries-ignore as above
import { socks4Dialogue, socks5Dialogue } from '../../packages/socket/src/proxy/socks-codec.ts'
import { fuzz } from './fuzz.ts'

/** What came of some bytes. */
interface Outcome {
  /** What was said, and what was left for others. */
  readonly said: readonly string[]
  readonly error?: string
  /** How many bytes are still waited with. */
  readonly held: number
}

/** Reads pieces as one side of a dialogue does. */
type Read = (pieces: readonly Uint8Array[]) => Outcome | Promise<Outcome>

interface Codec {
  readonly name: string
  readonly read: Read
  /** What the other side says, one answer after the other. */
  readonly inputs: fc.Arbitrary<readonly Uint8Array[]>
  /** The most that it may wait with. */
  readonly most: number
}

const TARGET: Endpoint = { scheme: 'tcp', host: 'inside.test', port: 80 }
const ADA = { user: 'ada', password: 'lovelace', owners: [] }

const codecs: readonly Codec[] = [
  {
    name: 'SOCKS 5',
    read: (pieces) => spoken(socks5Dialogue(TARGET, ADA), pieces),
    // Nothing may follow an answer before the next question, so that only the last one is any bytes.
    inputs: fc.tuple(
      fc
        .constantFrom([5, 0], [5, 2], [5, 0xff], [5, 1], [4, 0])
        .map((bytes) => Uint8Array.from(bytes)),
      fc.constantFrom([1, 0], [5, 0], [1, 1]).map((bytes) => Uint8Array.from(bytes)),
      bytesOf(5, 0, 0, 1, 2, 3, 4, 8, 0xff),
    ),
    most: 262,
  },
  {
    name: 'SOCKS 4',
    read: (pieces) => spoken(socks4Dialogue(TARGET, 'ada'), pieces),
    inputs: one(bytesOf(0, 0, 90, 90, 91, 93, 7)),
    most: 8,
  },
  {
    name: 'CONNECT',
    read: (pieces) => spoken(connectDialogue(TARGET, { login: new HttpLogin().talk(ADA) }), pieces),
    inputs: one(
      textOf(
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.0 407 Login\r\n',
        'HTTP/1.1 407 Login\r\n',
        'HTTP/1.1 100 Wait\r\n',
        'HTTP/1.1 502 Bad\r\n',
        'Proxy-Authenticate: Basic realm="a"\r\n',
        'Proxy-Authenticate: Digest realm="a", nonce="b", qop="auth"\r\n',
        'Proxy-Authenticate: NTLM\r\n',
        'Content-Length: 3\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Connection: close\r\n',
        '3\r\nabc\r\n',
        '0\r\n',
        'abc',
        '\r\n',
        '\r\n',
        '\n',
        'ä',
      ),
    ),
    most: 32 * 1024,
  },
  {
    name: 'a PROXY header',
    read: headerIn,
    inputs: one(
      fc.oneof(
        textOf(
          'PROXY ',
          'PROXY TCP4 192.0.2.7 192.0.2.8 40000 25\r\n',
          'TCP4 ',
          'TCP6 ',
          'UNKNOWN',
          '192.0.2.7 ',
          '2001:db8::1 ',
          '65536 ',
          '25',
          '\r\n',
          '\r',
        ),
        fc
          .tuple(
            bytesOf(0x20, 0x21, 0x11, 0x21, 0x31, 0, 0, 12, 36, 0x10),
            fc.uint8Array({ maxLength: 60 }),
          )
          .map(([head, body]) => Buffer.concat([SIGNATURE, head.subarray(0, 4), body])),
      ),
    ),
    most: 16 + 4096,
  },
]

/** Reads from a connection, which is tested where it is. */
const client: Codec = {
  name: 'a client of SOCKS',
  read: asked,
  inputs: one(bytesOf(5, 4, 1, 0, 2, 3, 4, 1, 1, 0, 0x61)),
  most: 2 * 512,
}

test.each(codecs)('$name: cut anywhere, it means the same', async ({ read, inputs }) => {
  const cuts = fc.array(fc.nat(120), { maxLength: 6 })
  await fuzz(fc.tuple(inputs, cuts), async ([answers, at]) => {
    const { said, error } = await read(answers)
    const pieces = await read(answers.flatMap((answer) => cut(answer, at)))
    expect([pieces.said.join(''), pieces.error]).toEqual([said.join(''), error])
  })
})

test.each([...codecs, client])(
  '$name: any bytes are an answer or an error of ours, and do not gather',
  async ({ read, inputs, most }) => {
    await fuzz(fc.oneof(inputs, one(fc.uint8Array({ maxLength: 200 }))), async (answers) => {
      const { error, held } = await read(answers)
      if (error !== undefined) expect(error).toMatch(/^NET_(PROTO|PROXY|CONNECT|BAD)_/)
      expect(held).toBeLessThanOrEqual(most)
    })
  },
)

test('challenges: any text is a list of them', async () => {
  const words = textOf('Digest ', 'Basic ', 'realm=', '"a, b"', '"\\"', 'nonce', '=', ',', ' ', 'x')
  await fuzz(
    words.map((bytes) => Buffer.from(bytes).toString('latin1')),
    (text) => {
      for (const { scheme } of parseChallenges(text)) expect(scheme).not.toBe('')
    },
  )
})

function bytesOf(...alphabet: readonly number[]): fc.Arbitrary<Uint8Array> {
  return fc
    .array(fc.constantFrom(...alphabet), { maxLength: 60 })
    .map((bytes) => Uint8Array.from(bytes))
}

function textOf(...pieces: readonly string[]): fc.Arbitrary<Uint8Array> {
  return fc
    .array(fc.constantFrom(...pieces), { maxLength: 8 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'))
}

/** All of it is one answer. */
function one(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<readonly Uint8Array[]> {
  return bytes.map((all) => [all])
}

function cut(bytes: Uint8Array, at: readonly number[]): readonly Uint8Array[] {
  const ends = [...at.filter((end) => end < bytes.length), bytes.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

/** A client's half: the pieces are what the proxy says. */
function spoken(dialogue: ProxyDialogue, pieces: readonly Uint8Array[]): Outcome {
  const said: string[] = []
  let held = 0
  try {
    for (const [number, piece] of pieces.entries()) {
      if (piece.length === 0) continue
      const { send, rest, moves } = dialogue.receive(piece)
      held = send === undefined ? held + piece.length : 0
      if (rest !== undefined) {
        const behind = [rest, ...pieces.slice(number + 1)]
        return { said: [...said, 'rest ', ...behind.map(hex)], held: 0 }
      }
      // An HTTP proxy that asks for another login is told over this connection or another one, as what follows has it.
      if (moves === true || (send !== undefined && isHttp(send))) {
        return { said: ['another login'], held: 0 }
      }
      if (send !== undefined) said.push(hex(send))
    }
    return { said, held }
  } catch (error) {
    return { said, error: ours(error), held: 0 }
  }
}

function isHttp(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1', 0, 8) === 'CONNECT '
}

function headerIn(pieces: readonly Uint8Array[]): Outcome {
  const queue = new ByteQueue()
  try {
    for (const [number, piece] of pieces.entries()) {
      queue.push(piece)
      const header = takeProxyHeader(queue)
      if (header === undefined) continue
      const rest = [queue.take(queue.length), ...pieces.slice(number + 1)]
      return { said: [JSON.stringify(header), ...rest.map(hex)], held: 0 }
    }
    return { said: [], held: queue.length }
  } catch (error) {
    return { said: [], error: ours(error), held: 0 }
  }
}

/** The server's half: the pieces are what a client says. */
async function asked(pieces: readonly Uint8Array[]): Promise<Outcome> {
  const bytes = Buffer.concat(pieces)
  const said: string[] = []
  let at = 0
  const taken = (size: number): Promise<Uint8Array> => {
    if (at + size > bytes.length) return Promise.reject(new Ended())
    at += size
    return Promise.resolve(bytes.subarray(at - size, at))
  }
  const connection: Pick<Connection, 'readExactly' | 'readUntil' | 'write'> = {
    readExactly: taken,
    readUntil: (delimiter) => {
      const found = bytes.indexOf(delimiter, at)
      return found < 0 ? Promise.reject(new Ended()) : taken(found + 1 - at)
    },
    write: (piece) => {
      said.push(hex(piece as Uint8Array))
      return Promise.resolve()
    },
  }
  try {
    const half = new SocksServerHalf({ a: 'a' })
    const request = await half.read(connection as Connection)
    return { said: [...said, JSON.stringify(request ?? 'refused')], held: 0 }
  } catch (error) {
    return error instanceof Ended
      ? { said, held: bytes.length - at }
      : { said, error: ours(error), held: 0 }
  }
}

/** There are no more bytes. */
class Ended extends Error {}

function ours(error: unknown): string {
  if (isNetError(error)) return error.code
  throw error
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

const SIGNATURE: Buffer = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
