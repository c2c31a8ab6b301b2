import { expect, test } from 'vitest'

import { fromText } from '@net/core'

import { behind } from '../../src/sftp/resume-upload.ts'
import { codesOf, openedSftp, patterned } from './opened.ts'

const whole = patterned(400_000)

test('an upload goes on behind a part that is the beginning of the source', async () => {
  await using opened = await openedSftp({ files: { '/a.part': whole.subarray(0, 150_000) } })
  const { sftp, server } = opened
  expect(await sftp.writeFile('/a', whole, { resume: true })).toEqual({
    transferred: 250_000,
    size: 400_000,
    verified: true,
  })
  expect(server.files.paths()).toEqual(['/a'])
  expect(Buffer.from(server.files.read('/a')).equals(whole)).toBe(true)
})

test('a part with a gap in it, of something else, or that is longer, is no beginning', async () => {
  const gap = Buffer.from(whole)
  gap.fill(0, 100_000, 100_001)
  for (const part of [gap, Buffer.from('other'), Buffer.concat([whole, Buffer.from('more')])]) {
    await using opened = await openedSftp({ files: { '/a.part': part } })
    const { sftp, server } = opened
    expect(await sftp.writeFile('/a', whole, { resume: true })).toMatchObject({
      transferred: 400_000,
    })
    expect(Buffer.from(server.files.read('/a')).equals(whole)).toBe(true)
  }
})

test('a source that can be read once cannot be resumed', async () => {
  await using opened = await openedSftp()
  const once = (async function* once() {
    yield Buffer.from('x')
  })()
  expect(await codesOf([opened.sftp.upload(once, '/a', { resume: true })])).toEqual([
    'NET_BODY_NOT_REPLAYABLE',
  ])
})

test('sources of every kind begin later', async () => {
  const text = async (source: unknown): Promise<string> => {
    const chunks = typeof source === 'function' ? source() : [source]
    return Buffer.concat(await Array.fromAsync(chunks as AsyncIterable<Uint8Array>)).toString()
  }
  expect(await text(behind(Buffer.from('0123456789'), 7))).toBe('789')
  expect(await text(behind(fromText('0123456789'), 7))).toBe('789')
  expect(behind(fromText('x'), 0)).toMatchObject({ text: 'x' })
})
