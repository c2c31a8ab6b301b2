import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

const files = { '/a': 'hello' }
const time = Date.UTC(2021, 2, 4, 5, 6, 7)

test('[FTP-43] SIZE, MDTM, the time that is set, and the mode', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  expect(await client.size('a')).toBe(5)
  await client.setModified('a', time + 250)
  expect(await client.modified('a')).toBe(time)
  expect(await client.stat('a')).toMatchObject({ modified: time })
  await client.setMode('a', 0o640)
  expect(server.files.stat('/a').mode).toBe(0o640)
  expect(await client.stat('a')).toMatchObject({ mode: 0o640 })
  expect(server.received).toContain('MFMT 20210304050607 a')
})

test('a server without MFMT is asked otherwise, and what works is kept', async () => {
  await using server = await startFtpServer({ files, without: ['MFMT'] })
  await using client = await connect(server.url)
  await client.setModified('a', time)
  await client.setModified('a', time + 60_000)
  expect(await client.modified('a')).toBe(time + 60_000)
  const ways = server.received.filter((line) => /^(MF|SITE)/.test(line))
  expect(ways.map((line) => line.split(' ')[0])).toEqual(['MFMT', 'MFF', 'SITE', 'SITE'])
})

test('a server that says yes and does nothing has no way to set times', async () => {
  await using server = await startFtpServer({ files, without: ['MFMT'] })
  await using client = await connect(server.url)
  server.fail({ on: 'SITE', do: { reply: '200 Done.' } })
  const setting = client.setModified('a', time)
  await expect(setting).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
})

test('MDTM sets a time only where the server is known to read it so', async () => {
  await using server = await startFtpServer({ files, without: ['MFMT', 'SITE'] })
  await using client = await connect(server.url)
  await expect(client.setModified('a', time)).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(server.received.filter((line) => /^MDTM \d/.test(line))).toEqual([])
  server.fail({ on: 'MDTM 2', do: { reply: '213 File modification time set.' } })
  server.fail({ on: 'MDTM a', do: { reply: '213 20210304050607' } })
  await using other = await connect(server.url)
  server.fail({
    on: 'STAT',
    do: { reply: '211-FTP server status:\r\n     vsFTPd 3.0.3 - secure\r\n211 End' },
  })
  await other.setModified('a', time)
  expect(server.received).toContain('MDTM 20210304050607 a')
})

test('a refusal of the file itself is the answer', async () => {
  await using server = await startFtpServer({ files, permissions: { '/a': 'read' } })
  await using client = await connect(server.url)
  await expect(client.setModified('none', time)).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  await expect(client.setModified('a', time)).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  await expect(client.setMode('none', 0o600)).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  await expect(client.modified('none')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})

test.each([[NaN], [9e15]])('%o is no time', async (modified) => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  await expect(client.setModified('a', modified)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  await expect(client.setMode('a', 0o10000)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})
