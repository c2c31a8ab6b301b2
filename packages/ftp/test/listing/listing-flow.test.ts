import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { netError, operation } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'
import { connect, type FtpEntry } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'

import { ListingFlow } from '../../src/listing/listing-flow.ts'

const LINES = 40_000
const line = (n: number): string => `type=file;size=5;modify=20260101000000; file-${n}.txt\r\n`
const long = Array.from({ length: LINES }, (_, n) => line(n)).join('')

const started = (send: string, reply?: string): Promise<FtpServer> =>
  startFtpServer({ files: { '/in/a.txt': 'hello' } }).then((server) => {
    server.fail({ on: 'MLSD', do: { send, ...(reply === undefined ? {} : { reply }) } })
    return server
  })

test('a long listing comes whole and in order, also where its loop does other calls meanwhile', async () => {
  await using server = await started(long)
  await using client = await connect(server.url)
  let count = 0
  for await (const { name } of client.list('in')) {
    expect(name).toBe(`file-${count}.txt`)
    if (count % 10_000 === 0) expect(await client.size('in/a.txt')).toBe(5)
    count += 1
  }
  expect(count).toBe(LINES)
})

test('a long listing that breaks off gives what came, and is not fetched again', async () => {
  const flow = new ListingFlow()
  const plan = { folder: 'in', format: 'facts', encoding: 'utf8' } as const
  let attempts = 0
  const call = operation(
    { protocol: 'ftp', operation: 'list', kind: 'transfer', idempotent: true },
    undefined,
    (op) =>
      op.attempt(async () => {
        attempts += 1
        flow.begin({ op, plan, warn: () => {} })
        flow.give(Buffer.from(long))
        throw flow.broken(netError('NET_CONN_RESET', { message: 'the connection was reset' }))
      }),
  )
  const names: string[] = []
  const looping = (async () => {
    for await (const batch of flow.batches(call, new AbortController())) {
      names.push(...batch.map(({ name }) => name))
    }
  })()
  await expect(looping).rejects.toMatchObject({
    code: 'NET_CONN_RESET',
    target: 'in',
    retry: 'never',
    message: expect.stringContaining('the loop has its beginning: the connection was reset'),
  })
  expect(names).toHaveLength(LINES)
  expect(attempts).toBe(1)
})

test('a long listing that the server cut short, or that ends within a line, is incomplete', async () => {
  for (const [send, reply] of [
    [long, '226 Output truncated to 40000 matches'],
    [`${long}type=file; the-beginning-of-a-na`, '226 done'],
  ] as const) {
    await using server = await started(send, reply)
    await using client = await connect(server.url)
    const entries: FtpEntry[] = []
    const looping = (async () => {
      for await (const entry of client.list('in')) entries.push(entry)
    })()
    await expect(looping).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE', target: 'in' })
    expect(entries).toHaveLength(LINES)
  }
})

test('what is left out of a long listing is told before the operation ends, and the operation ends with the loop', async () => {
  using captured = captureEvents()
  await using server = await started(`${line(0)}type=file; ../x\r\n${long}`)
  await using client = await connect(server.url)
  const states = (): unknown[] =>
    captured
      .of('operation')
      .filter(({ operation }) => operation === 'list')
      .map(({ state }) => state)
  const ended = async (times: number): Promise<void> => {
    while (states().filter((state) => state === 'end').length < times) await turn()
  }
  // The loop is left in the middle.
  for await (const _ of client.list('in')) break
  await ended(1)
  server.fail({ on: 'MLSD', do: { send: `${line(0)}type=file; ../x\r\n${long}` } })
  for await (const _ of client.list('in'));
  await ended(2)
  expect(states()).toEqual(['start', 'end', 'start', 'warning', 'end'])
})

test('a long listing of which no line can be read is refused, and one with a line without end too', async () => {
  for (const [send, code] of [
    ['type file\r\n'.repeat(200_000), 'NET_PROTO_MALFORMED'],
    [long + 'x'.repeat(10_000), 'NET_PROTO_LIMIT'],
  ] as const) {
    await using server = await started(send)
    await using client = await connect(server.url)
    await expect(Array.fromAsync(client.list('in'))).rejects.toMatchObject({ code, target: 'in' })
  }
})
