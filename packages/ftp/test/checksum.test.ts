import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { hashesOf } from '../src/checksum.ts'

const digest = (algorithm: string): string => createHash(algorithm).update('hello').digest('hex')

test('HASH is asked for the algorithm', async () => {
  await using server = await startFtpServer({ files: { '/a b': 'hello' } })
  await using client = await connect(server.url)
  for (const algorithm of ['sha256', 'sha1', 'md5']) {
    expect(await client.hash('a b', algorithm)).toBe(digest(algorithm))
  }
  await expect(client.hash('a b', 'sha512')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  await expect(client.hash('none', 'md5')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})

test('the older commands write digits in upper case', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' }, without: ['HASH'] })
  await using client = await connect(server.url)
  expect(await client.hash('a', 'sha256')).toBe(digest('sha256'))
  expect(await client.hash('a', 'md5')).toBe(digest('md5'))
  server.fail({ on: 'XMD5', do: { reply: '250 done' } })
  await expect(client.hash('a', 'md5')).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
})

test('what FEAT names, in the names of Node', () => {
  expect(hashesOf(new Map([['HASH', 'SHA-256*;MD5;CRC32']]))).toEqual(['sha256', 'md5'])
  expect(
    hashesOf(
      new Map([
        ['XSHA', ''],
        ['XSHA512', ''],
      ]),
    ),
  ).toEqual(['sha512', 'sha1'])
  expect(hashesOf(new Map())).toEqual([])
})

test('a file that is called like a hash has one of its own', async () => {
  const name = digest('md5')
  await using server = await startFtpServer({ files: { [`/in/${name}`]: 'other' } })
  await using client = await connect(server.url)
  const other = createHash('md5').update('other').digest('hex')
  server.fail({ on: 'HASH', do: { reply: `213 MD5 0-5 ${name} ${other}` } })
  expect(await client.hash(`in/${name}`, 'md5')).toBe(other)
})
