/*
 * What every dialer must do, for authors of dialers: a plain function on node:assert that needs no test runner.
 */

import assert from 'node:assert/strict'

import { isAbort, isNetError, type Endpoint } from '@net/core'
import { isError } from '@net/core/authoring'

import type { Connection } from '../connection.ts'
import type { Dialer } from '../dialer.ts'
import { overTransport } from '../stream-connection.ts'

/** A dialer to check, with a peer. */
export interface DialerUnderTest extends AsyncDisposable {
  readonly dialer: Dialer
  /** Where a peer listens that sends back what it gets, and ends when it gets the end. */
  readonly echo: Endpoint
  /** An address at which nothing listens; leave it out if the road has no such thing. */
  readonly nobody?: Endpoint
}

/** Runs every case, each on a fresh dialer; rejects with the first AssertionError, whose message names the case. */
export async function checkDialer(make: () => Promise<DialerUnderTest>): Promise<void> {
  for (const [name, check] of Object.entries(cases)) {
    await using made = await make()
    try {
      await check(made)
    } catch (error) {
      throw new assert.AssertionError({ message: `${name}: ${describe(error)}`, actual: error })
    }
  }
}

const cases: Readonly<Record<string, (made: DialerUnderTest) => Promise<void>>> = {
  async 'bytes come back in order and unchanged'({ dialer, echo }) {
    await using connection = overTransport(await dialer.dial(echo))
    for (const size of [1, 2, 1000, 65_536, 300_000]) {
      const sent = patterned(size)
      const written = connection.write(sent)
      assert.deepEqual(Buffer.from(await connection.readExactly(size)), Buffer.from(sent))
      await written
    }
  },

  async 'writes of one tick keep their order'({ dialer, echo }) {
    await using connection = overTransport(await dialer.dial(echo))
    for (let number = 0; number < 500; number++) void connection.write(`${number}\n`)
    for (let number = 0; number < 500; number++) {
      assert.equal(await connection.readLine(), String(number))
    }
  },

  async 'a buffer may be used again once its write has resolved'({ dialer, echo }) {
    for (const [size, times] of REUSED) {
      await using connection = overTransport(await dialer.dial(echo))
      const sending = sendNumbered(connection, size, times)
      for (let number = 0; number < times; number++) {
        const frame = await connection.readExactly(size)
        assert.deepEqual(Buffer.from(frame), numbered(Buffer.alloc(size), number))
      }
      await sending
    }
  },

  async 'after the end of ours the rest of theirs still arrives'({ dialer, echo }) {
    await using connection = overTransport(await dialer.dial(echo))
    await connection.write('the last words')
    await connection.end()
    assert.equal(await connection.readText(), 'the last words')
    assert.equal(await connection.read(), null)
    assert.equal(await connection.read(), null)
  },

  async 'a write without a reader waits, and goes on when there is one'({ dialer, echo }) {
    await using connection = overTransport(await dialer.dial(echo))
    const total = 8 * 1024 * 1024
    const sending = send(connection, total)
    let received = 0
    for (let chunk = await connection.read(); chunk !== null; chunk = await connection.read()) {
      received += chunk.length
      if (received === total) await connection.end()
    }
    await sending
    assert.equal(received, total)
  },

  async 'info has the endpoint that was asked for'({ dialer, echo }) {
    await using connection = overTransport(await dialer.dial(echo))
    assert.deepEqual({ ...connection.info.endpoint }, { ...echo })
    assert.equal(typeof connection.info.encrypted, 'boolean')
    assert.ok(Array.isArray(connection.info.hops))
  },

  async 'several connections do not disturb each other'({ dialer, echo }) {
    const words = ['one', 'two', 'three', 'four']
    const echoed = words.map(async (word) => {
      await using connection = overTransport(await dialer.dial(echo))
      await connection.write(`${word}\n`)
      return await connection.readLine()
    })
    assert.deepEqual(await Promise.all(echoed), words)
  },

  async 'an aborted signal is an AbortError and no connection'({ dialer, echo }) {
    const error = await failure(dialer.dial(echo, { signal: AbortSignal.abort() }))
    assert.ok(isAbort(error), `expected an AbortError, got ${describe(error)}`)
  },

  async 'close and abort may be called again, in any order'({ dialer, echo }) {
    const first = await dialer.dial(echo)
    await Promise.all([first.close(), first.close()])
    first.abort()
    const second = await dialer.dial(echo)
    second.abort()
    second.abort()
    await second.close()
    assert.ok(isNetError(await failure(second.write([patterned(1)]))))
    assert.ok(isNetError(await failure(second.read())))
  },

  async 'a read that waits ends with abort'({ dialer, echo }) {
    const transport = await dialer.dial(echo)
    const reading = failure(transport.read())
    transport.abort()
    assert.ok(isNetError(await reading))
  },

  async 'where nobody listens the dial fails with a ConnectError'({ dialer, nobody }) {
    if (nobody === undefined) return
    const error = await failure(dialer.dial(nobody))
    assert.ok(isNetError(error), `expected a NetError, got ${describe(error)}`)
    assert.equal(error.name, 'ConnectError')
    assert.equal(error.phase, 'connect')
  },
}

async function send(connection: Connection, total: number): Promise<void> {
  const chunk = patterned(64 * 1024)
  for (let sent = 0; sent < total; sent += chunk.length) await connection.write(chunk)
}

/** One buffer for all frames, as a loop that copies a file has. */
async function sendNumbered(connection: Connection, size: number, times: number): Promise<void> {
  const buffer = Buffer.alloc(size)
  for (let number = 0; number < times; number++) {
    await connection.write(numbered(buffer, number))
  }
}

function numbered(buffer: Buffer, number: number): Buffer {
  buffer.fill(number & 0xff).writeUInt32BE(number)
  return buffer
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

function patterned(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
}

function describe(error: unknown): string {
  return isError(error) ? error.message : String(error)
}

/** Sizes of frames, and how many of each. */
const REUSED: readonly (readonly [size: number, times: number])[] = [
  [4, 300],
  [1500, 300],
  [4096, 300],
  [100_000, 20],
]
