import { expect, test } from 'vitest'

import { operation } from '@net/core/authoring'
import { startSshServer } from '@net/ssh/testing'

import type { SshSession } from '../../src/engine/ssh2.ts'
import type { CommandEnd } from '../../src/engine/ssh2-command.ts'
import { peerOf } from '../../src/engine/ssh2-peers.ts'
import { CommandCall, planExec } from '../../src/exec.ts'
import { failureOf, logInTo } from '../embedded.ts'

test('a server is known by its name, and any other bears what the standard says', () => {
  expect(peerOf('OpenSSH_9.2p1')).toMatchObject({ sessions: Infinity, longest: 261_120 })
  expect(peerOf('dropbear_2022.83')).toMatchObject({ sessions: 1, longest: 9000 })
  expect([peerOf('OpenSSH_9.2p1'), peerOf('ssh2js1.17.0')]).toMatchObject([
    { takesEarlyEof: true },
    { takesEarlyEof: false },
  ])
  expect([peerOf('OpenSSH_for_Windows_9.5'), peerOf('OpenSSH_9.2p1')]).toMatchObject([
    { posix: false, longest: 261_120 },
    { posix: true },
  ])
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

test.for([
  [true, {}, ['start', 'end of input', 'started']],
  [true, { input: 'a' }, ['start', 'started', 'a', 'end of input']],
  [false, {}, ['start', 'started', 'end of input']],
] as const)(
  'where the server takes it (%s), the end of an empty input goes along with the command',
  async ([takesEarlyEof, options, expected]) => {
    const steps: string[] = []
    const once = (step: string): void => void (steps.includes(step) || steps.push(step))
    const ended = Promise.withResolvers<CommandEnd>()
    const command = {
      ended: ended.promise,
      async start() {
        steps.push('start')
        await Promise.resolve()
        steps.push('started')
      },
      async write(chunk: Uint8Array) {
        steps.push(Buffer.from(chunk).toString())
        return true
      },
      endInput() {
        once('end of input')
        ended.resolve({ exitCode: 0, exitSignal: undefined })
      },
    }
    const commands = { place: () => () => {}, open: async () => command }
    const session = {
      longest: 1000,
      posix: true,
      variables: [],
      takesEarlyEof,
      commands,
    } as unknown as SshSession
    const spec = { protocol: 'ssh', operation: 'exec', kind: 'session' } as const
    await operation(spec, undefined, (op) =>
      op.attempt((attempt) =>
        new CommandCall(session, planExec('ls', options), op).run(attempt, () => {}),
      ),
    )
    expect(steps).toEqual(expected)
  },
)
