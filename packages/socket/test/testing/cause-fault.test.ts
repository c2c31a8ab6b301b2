import { connect, listen } from '@net/socket'
import { causeFault } from '@net/socket/testing'
import { expect, test } from 'vitest'

type Fault = Parameters<typeof causeFault>[1]

/** A server that does this in place of its answer, and answers if the answer is still to come. */
async function failing(fault: Fault) {
  return listen('tcp://127.0.0.1:0', async (connection) => {
    await connection.readLine()
    if (await causeFault(connection, fault)) await connection.write('right\r\n')
  })
}

test('without a fault the answer is still to come', async () => {
  await using server = await failing(undefined)
  await using client = await connect(server.url)
  await client.write('?\r\n')
  expect(await client.readLine()).toBe('right')
})

test('after a delay the answer is still to come', async () => {
  await using server = await failing({ delay: 1 })
  await using client = await connect(server.url)
  await client.write('?\r\n')
  expect(await client.readLine()).toBe('right')
})

test.each(['drop', 'half-close'] as const)('the peer reads to the end: %s', async (fault) => {
  await using server = await failing(fault)
  await using client = await connect(server.url)
  await client.write('?\r\n')
  expect(await client.readLine()).toBe(null)
})

test('the connection is reset', async () => {
  await using server = await failing('reset')
  await using client = await connect(server.url)
  await client.write('?\r\n')
  await expect(client.readLine()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('nonsense is a line, so that a reader of lines sees it', async () => {
  await using server = await failing('garbage')
  await using client = await connect(server.url)
  await client.write('?\r\n')
  expect((await client.readUntil('\r\n'))?.[0]).toBe(0x81)
})

test('a stalled connection stays open without a word until the client has left', async () => {
  await using server = await failing('stall')
  await using client = await connect(server.url)
  await client.write('?\r\nis anybody there?\r\n')
  await client.end()
  expect(await client.readLine()).toBe(null)
})
