import { PassThrough, Readable } from 'node:stream'

import { useFakeClock } from '@net/core/testing'
import { bindDatagram, listen } from '@net/socket'
import { describe, expect, it } from 'vitest'

import { net } from '../net.ts'

describe('net nc', () => {
  it('sends what it reads, prints what comes, and ends with the peer', async () => {
    await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
      await connection.write(`got ${await connection.readText()}`)
    })
    expect(await net(['nc', server.url], { stdin: 'hello' })).toMatchObject({
      code: 0,
      out: 'got hello',
      err: '',
    })
  })

  it('ends with a peer that has ended, also while nothing is typed', async () => {
    await using server = await listen('tcp://127.0.0.1:0', (connection) =>
      connection.write('bye\n'),
    )
    expect(await net(['nc', server.url], { stdin: new PassThrough() })).toMatchObject({
      code: 0,
      out: 'bye\n',
    })
  })

  it('sends all that it reads to a peer that has nothing more to say', async () => {
    // Standard input is never silent for long.
    using _clock = useFakeClock()
    const [ended, got] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()]
    await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
      await connection.end()
      ended.resolve()
      got.resolve((await connection.readAll()).length)
    })
    const stdin = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000)
        await ended.promise
        for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
        yield Buffer.alloc(1000)
      })(),
    )
    expect(await net(['nc', server.url], { stdin })).toMatchObject({ code: 0, err: '' })
    expect(await got.promise).toBe(2000)
  })

  it('says so if the peer takes no more', async () => {
    await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
      await connection.read()
      connection.abort()
    })
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(100_000)
      })(),
    )
    expect((await net(['nc', server.url], { stdin: endless })).code).toBe(8)
  })

  it('ends when nobody is there over UDP, whatever is still typed', async () => {
    const socket = await bindDatagram('udp://127.0.0.1:0')
    const { url } = socket
    await socket.close()
    const stdin = new PassThrough()
    stdin.write('a')
    const { code, err } = await net(['nc', url], { stdin })
    expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('refused') })
  })

  it('shows what comes harmless on a terminal', async () => {
    await using server = await listen('tcp://127.0.0.1:0', (connection) =>
      connection.write('\u001b[2J\n'),
    )
    expect((await net(['nc', server.url], { columns: 80 })).out).toBe('\\x1b[2J\n')
  })

  it('speaks UDP', async () => {
    await using server = await bindDatagram('udp://127.0.0.1:0')
    const answering = (async () => {
      const { data, from } = await server.receive()
      await server.send(`got ${Buffer.from(data).toString('utf8')}`, from)
      await server.close()
    })()
    const { out } = await net(['nc', server.url], { stdin: 'hello' })
    await answering
    expect(out).toBe('got hello')
  })

  it('says that nobody is there', async () => {
    expect((await net(['nc', 'tcp://127.0.0.1:1', '--retry', '0'])).code).toBe(4)
  })
})
