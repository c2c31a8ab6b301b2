import { expect, test } from 'vitest'

import { connect, fromText } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

const mode = 'ascii'

test('[FTP-26] line ends are those of the network on the wire, and LF here', async () => {
  await using server = await startFtpServer({ files: { '/a': 'one\ntwo\n' } })
  await using client = await connect(server.url)
  const got: Buffer[] = []
  const told = await client.download('a', (chunk) => void got.push(Buffer.from(chunk)), { mode })
  expect(Buffer.concat(got).toString()).toBe('one\ntwo\n')
  expect(told).toMatchObject({ size: 8, verified: false })
  await client.upload(fromText('three\nfour\r\n'), 'b', { mode })
  expect(server.files.text('/b')).toBe('three\nfour\n')
  expect(server.received.filter((line) => /^(TYPE|RETR|STOR)/.test(line))).toEqual([
    'TYPE I',
    'TYPE A',
    'RETR a',
    'TYPE I',
    'TYPE A',
    'STOR b',
    'TYPE I',
  ])
})

test('a call that is stopped leaves the session in binary mode', async () => {
  await using server = await startFtpServer({ files: { '/a': 'x\n'.repeat(500_000) } })
  await using client = await connect(server.url)
  const abort = new AbortController()
  const stopped = client.download('a', () => abort.abort(), { mode, signal: abort.signal })
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(await client.readFile('a')).toHaveLength(1_000_000)
})

test('a server that refuses ASCII keeps the session as it was', async () => {
  await using server = await startFtpServer({ files: { '/a': 'x' } })
  await using client = await connect(server.url)
  server.fail({ on: 'TYPE A', do: { reply: '504 No.' } })
  const refused = client.download('a', () => {}, { mode, retry: false })
  await expect(refused).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(Buffer.from(await client.readFile('a')).toString()).toBe('x')
})

test('text is not resumed, as the two sides count other bytes', async () => {
  await using server = await startFtpServer({ files: { '/a': 'one\r\ntwo' } })
  await using client = await connect(server.url)
  const before = server.received.length
  const options = { mode, resume: true } as const
  for (const call of [
    client.download('a', () => {}, options),
    client.upload(fromText('x'), 'a', options),
    client.writeFile('a', 'x', options),
  ]) {
    await expect(call).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  }
  expect(server.received).toHaveLength(before)
})
