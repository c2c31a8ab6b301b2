import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

test("[FTP-45] a command of the caller's own and its reply of many lines", async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url)
  const reply = await client.command('SITE HELP')
  expect(reply).toEqual({
    status: 214,
    text: '214-SITE commands:\n CHMOD\n UTIME\n214 End',
    lines: ['SITE commands:', ' CHMOD', ' UTIME', 'End'],
  })
  await expect(client.command('XYZZY')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(await client.command('XYZZY', { check: false })).toMatchObject({ status: 502 })
})

test('[FTP-06] FEAT, SYST, STAT, HELP and SITE', async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url)
  expect(client.capabilities.get('REST')).toBe('STREAM')
  for (const [line, status] of [
    ['SYST', 215],
    ['STAT', 211],
    ['HELP', 214],
    ['FEAT', 211],
  ] as const) {
    expect(await client.command(line)).toMatchObject({ status })
  }
})

test.each(['RETR a', 'list', 'PASV', 'TYPE A', 'QUIT', 'CWD in', 'AUTH TLS'])(
  '%s is for the client itself',
  async (line) => {
    await using server = await startFtpServer()
    await using client = await connect(server.url)
    const before = server.received.length
    await expect(client.command(line)).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
    expect(server.received).toHaveLength(before)
  },
)

test('no command can carry another', async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url)
  await expect(client.command('NOOP\r\nSYST')).rejects.toMatchObject({ code: 'NET_INJECTION' })
  expect(server.received).not.toContain('SYST')
})
