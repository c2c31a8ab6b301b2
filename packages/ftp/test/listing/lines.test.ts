import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

const files = { '/in/a b': 'hello', '/in/-l': '', '/in/deep/c': '' }

test('[FTP-38] names alone', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  expect(await client.nlst('in')).toEqual(['-l', 'a b', 'deep'])
  expect(await client.nlst()).toEqual(['in'])
  expect(server.received.filter((line) => line.startsWith('NLST'))).toEqual(['NLST', 'NLST'])
  await expect(client.nlst('none')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})

test('[FTP-39] the lines of LIST as they are', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  const lines = await client.listRaw('in/deep')
  expect(lines).toEqual([expect.stringMatching(/^-rw-r--r-- 1 ftp ftp +0 \w{3} .* c$/)])
})

test('550 to NLST inside a folder that is there means that it is empty', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  server.fail({ on: 'NLST', do: { reply: '550 Failed.' } })
  expect(await client.nlst('in')).toEqual([])
  server.fail({ on: 'NLST', do: { send: 'a\r\n', reply: '226 Output truncated' } })
  await expect(client.nlst('in', { retry: false })).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
  })
})

test('a limit, and names that are no UTF-8', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  await expect(client.nlst('in', { maxBytes: 3 })).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
  })
  server.fail({ on: 'NLST', do: { send: Buffer.from('caf\u00E9\n', 'latin1') } })
  expect(await client.nlst('in')).toEqual(['caf\uDCE9'])
})
