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
    const { PassThrough } = await import('node:stream')
    await using server = await listen('tcp://127.0.0.1:0', (connection) =>
      connection.write('bye\n'),
    )
    expect(await net(['nc', server.url], { stdin: new PassThrough() })).toMatchObject({
      code: 0,
      out: 'bye\n',
    })
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
