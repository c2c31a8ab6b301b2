import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { connect, fromFile, fromText } from '@net/ftp'
import { startFtpServer, type FtpServerOptions } from '@net/ftp/testing'

const content = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7) & 0xff))

const resume = async (
  there: Buffer | undefined,
  options: FtpServerOptions = {},
): Promise<unknown> => {
  await using server = await startFtpServer({
    files: there === undefined ? {} : { '/a': there },
    ...options,
  })
  await using client = await connect(server.url)
  const { transferred, size } = await client.upload(content, 'a', { resume: true })
  expect(Buffer.from(server.files.read('/a')).equals(content)).toBe(true)
  expect(size).toBe(content.length)
  return transferred
}

test.each([[{}], [{ like: 'pure-ftpd' }], [{ like: 'inetutils' }]] as [FtpServerOptions][])(
  '[FTP-25] an upload goes on behind what is there, at a server %o',
  async (options) => {
    expect(await resume(content.subarray(0, 150_000), options)).toBe(50_000)
    expect(await resume(content.subarray(0, 10), options)).toBe(content.length - 10)
    expect(await resume(content, options)).toBe(0)
    expect(await resume(Buffer.alloc(0), options)).toBe(content.length)
    expect(await resume(undefined, options)).toBe(content.length)
  },
)

test('a server that cannot go on gets all of it', async () => {
  expect(await resume(content.subarray(0, 150_000), { without: ['REST'] })).toBe(content.length)
})

test('what is there and is not of the source is sent anew, as is what is longer', async () => {
  const other = Buffer.from(content.subarray(0, 150_000))
  other[149_000] = 1
  expect(await resume(other)).toBe(content.length)
  expect(await resume(Buffer.concat([content, Buffer.from('tail')]))).toBe(content.length)
  expect(await resume(Buffer.alloc(250_000))).toBe(content.length)
})

test('a file, a text and a function go on; a stream cannot', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resume-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'source')
  writeFileSync(path, 'xx0123456789xx')
  await using server = await startFtpServer({
    files: { '/a': '01234', '/b': '01234', '/c': '01234' },
  })
  await using client = await connect(server.url)
  await client.upload(fromFile(path, { start: 2, end: 12 }), 'a', { resume: true })
  await client.upload(fromText('0123456789'), 'b', { resume: true })
  const make = async function* (): AsyncGenerator<Uint8Array> {
    for (const letter of '0123456789') yield Buffer.from(letter)
  }
  await client.upload(make, 'c', { resume: true })
  for (const name of ['a', 'b', 'c']) expect(server.files.text(`/${name}`)).toBe('0123456789')
  const sends = server.received.filter((line) => /^(REST|STOR)/.test(line))
  expect(sends).toEqual(['REST 5', 'STOR a', 'REST 5', 'STOR b', 'REST 5', 'STOR c'])
  await expect(client.upload(make(), 'c', { resume: true })).rejects.toMatchObject({
    code: 'NET_BODY_NOT_REPLAYABLE',
  })
})

test.each([200_000, 150_000])(
  'an upload that is repeated by itself does not take an old file of %i bytes for its own',
  async (size) => {
    const old = Buffer.from(content.subarray(0, size))
    old[5] = 1
    await using server = await startFtpServer({ files: { '/a': old } })
    await using client = await connect(server.url)
    // A server that keeps the old file until the new one is whole.
    server.fail({ on: 'STOR', after: size, do: { reply: '426 Cut.' } })
    expect(await client.upload(content, 'a')).toMatchObject({ verified: true })
    expect(Buffer.from(server.files.read('/a')).equals(content)).toBe(true)
  },
)
