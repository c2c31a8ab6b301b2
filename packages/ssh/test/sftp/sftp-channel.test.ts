import { expect, test } from 'vitest'

import { startSftpServer, startSshServer, type ExecHandler } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'
import { openedSftp } from './opened.ts'

test('what speaks in place of the server is shown, and the connection stays', async () => {
  for (const printed of ['Welcome to this host!\n', 'hi\n', '\u001b[2JWelcome to all of you\n']) {
    const error = await failureOfSubsystem(async (_, io) => {
      await io.stdout.write(printed)
      for await (const chunk of io.stdin) if (chunk.length > 0) await io.stdout.write('and more')
    })
    expect(error['code']).toBe('NET_PROTO_MALFORMED')
    expect(error.message).toContain(printed.slice(-3, -1))
    expect(error.message).toContain('must print nothing')
    expect(error.message).not.toContain('\u001b')
  }
})

test('a server that ends at once tells why', async () => {
  const error = await failureOfSubsystem(async (_, io) => {
    await io.stderr.write('sh: sftp-server: not found\n')
    return 127
  })
  expect(error['code']).toBe('NET_UNSUPPORTED')
  expect(error.message).toContain('exit status 127: sh: sftp-server: not found')
  const expired = await failureOfSubsystem(async (_, io) => {
    await io.stderr.write('Your password has expired.\nPassword change required.\n')
    return 1
  })
  expect(expired['code']).toBe('NET_AUTH_EXPIRED')
})

test('[H-SSH-19] a version that is none, or too old, is no server of ours', async () => {
  for (const [options, action, code] of [
    [{ version: 2 }, undefined, 'NET_PROTO_NEGOTIATION'],
    [{}, 'garbage', 'NET_PROTO_MALFORMED'],
    [{}, 'drop', 'NET_UNSUPPORTED'],
  ] as const) {
    await using server = await startSftpServer(options)
    if (action !== undefined) server.fail({ on: 'INIT', do: action })
    await using host = await logInTo(server.ssh)
    expect(await failureOf(host.sftp())).toMatchObject({ code })
  }
  await using newer = await openedSftp({ version: 6, files: { '/a': 'x' } })
  expect(await newer.sftp.exists('/a')).toBe(true)
})

async function failureOfSubsystem(sftp: ExecHandler): ReturnType<typeof failureOf> {
  await using server = await startSshServer({ subsystems: { sftp }, exec: { uptime: 'up\n' } })
  await using host = await logInTo(server)
  const error = await failureOf(host.sftp())
  expect((await host.exec('uptime')).stdout).toBe('up\n')
  return error
}
