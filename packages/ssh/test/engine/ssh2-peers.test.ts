import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { peerOf } from '../../src/engine/ssh2-peers.ts'
import { failureOf, logInTo } from '../embedded.ts'

test('a server is known by its name, and any other bears what the standard says', () => {
  expect(peerOf('OpenSSH_9.2p1')).toMatchObject({ sessions: Infinity, longest: 261_120 })
  expect(peerOf('dropbear_2022.83')).toMatchObject({ sessions: 1, longest: 9000 })
  expect(peerOf('AsyncSSH_2.10.1')).toMatchObject({ sessions: Infinity, longest: 32_000 })
})

test('what is too long for a packet is refused before anything is sent, and the connection lives on', async () => {
  let go = (): void => {}
  const gone = new Promise<void>((resolve) => {
    go = resolve
  })
  await using server = await startSshServer({
    exec: { deploy: () => gone, '*': 'ok' },
    quirks: { env: false },
  })
  await using host = await logInTo(server)
  const deploy = host.exec('deploy')
  await server.waitFor(({ what }) => what === 'exec')
  const long = 'x'.repeat(33_000)
  for (const [command, options] of [
    [['rm', '--', long], {}],
    ['ls', { cwd: long }],
    ['ls', { env: { LONG: long } }],
    // The server takes none of them, and all of them do not fit into the command.
    ['ls', { env: { A: long.slice(0, 20_000), B: long.slice(0, 20_000) } }],
  ] as const) {
    const error = await failureOf(host.exec(command, options))
    expect(error).toMatchObject({ code: 'NET_BAD_OPTION', limit: 32_000, sent: false })
    expect(error.message.length).toBeLessThan(500)
  }
  go()
  expect(await deploy).toMatchObject({ exitCode: 0 })
  expect(server.received.filter(({ what }) => what === 'exec')).toHaveLength(1)
  expect((await host.exec('echo', { input: long })).stdout).toBe('ok')
})
