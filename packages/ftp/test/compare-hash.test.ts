import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { connect, fromText, toFile } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

test('[FTP-33] a hash is compared where it is asked for', async () => {
  await using server = await startFtpServer({ files: { '/down': 'there' } })
  await using client = await connect(server.url)
  const verify = 'hash'
  expect(await client.writeFile('a', 'hello', { verify })).toMatchObject({ verified: true })
  const got: Buffer[] = []
  await client.download('down', (chunk) => void got.push(Buffer.from(chunk)), { verify })
  expect(Buffer.concat(got).toString()).toBe('there')
  const other = { on: 'HASH', times: 2, do: { reply: `213 SHA-512 0-5 ${'0'.repeat(64)} a` } }
  server.fail(other)
  await expect(client.writeFile('a', 'hello', { verify, retry: false })).rejects.toMatchObject({
    code: 'NET_CHECKSUM_MISMATCH',
  })
  await expect(client.download('down', () => {}, { verify, retry: false })).rejects.toMatchObject({
    code: 'NET_CHECKSUM_MISMATCH',
  })
})

test('a hash that the server cannot make is not passed over', async () => {
  await using server = await startFtpServer({ without: ['HASH', 'XMD5', 'XSHA256'] })
  await using client = await connect(server.url)
  const sending = client.writeFile('a', 'hello', { verify: 'hash' })
  await expect(sending).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(server.files.exists('/a')).toBe(false)
})

test('a hash is not passed over where nothing is missing any more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hash-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await using server = await startFtpServer({ files: { '/down': 'there', '/up': 'thera' } })
  await using client = await connect(server.url)
  const options = { verify: 'hash', resume: true } as const
  const file = join(folder, 'down')
  const sink = toFile(file, { keepPart: true })
  server.fail({ on: 'RETR', after: 4, do: 'half-close' })
  await expect(client.download('down', sink, { retry: false })).rejects.toThrow('4 of 5 bytes')
  appendFileSync(`${file}.part`, 'x')
  const down = client.download('down', sink, options)
  await expect(down).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(existsSync(file)).toBe(false)
  await expect(client.upload(fromText('thera'), 'up', options)).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
  })
})
