import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { ServedSession } from '../../src/engine/ssh2-session-server.ts'
import { failureOf, logInTo } from '../embedded.ts'

test('[SSH-70] what is set before a command is answered in the order in which it was asked for', async () => {
  const seen: string[] = []
  await using server = await startSshServer({
    exec: (command, { terminal, env }) =>
      void seen.push(`${command} ${terminal?.term} ${env['A']}`),
  })
  await using host = await logInTo(server, { keepAlive: false })
  server.fail({ on: 'pty', do: { delay: 30 } })
  await host.exec('first', { terminal: true, env: { A: '1' } })
  expect(seen).toEqual(['first dumb 1'])
  expect(ServedSession.name).toBe('ServedSession')
})

test.each(['pty', 'env', 'subsystem', 'shell'])(
  '[SSH-70] a fault at %s may close the channel in place of an answer',
  async (on) => {
    await using server = await startSshServer({ subsystems: { netconf: 'hello' } })
    await using host = await logInTo(server)
    server.fail({ on, times: 3, do: { reply: 'close' } })
    const call =
      on === 'subsystem'
        ? host.subsystem('netconf')
        : on === 'env'
          ? host.exec('ls', { env: { A: '1' } })
          : host.shell()
    const code = on === 'pty' || on === 'env' ? 'NET_REPLY_TEMPORARY' : 'NET_PROTO_INCOMPLETE'
    expect(await failureOf(call)).toMatchObject({ code })
  },
)

test('[SSH-70] without subsystems there are none, and a refused variable is set in the line', async () => {
  await using server = await startSshServer({
    exec: (_, { env, stdout }) => stdout.write(env['A'] ?? ''),
  })
  await using host = await logInTo(server)
  expect(await failureOf(host.subsystem('netconf'))).toMatchObject({ code: 'NET_UNSUPPORTED' })
  server.fail({ on: 'env A', do: { reply: 'failure' } })
  expect((await host.exec('show', { env: { A: '1' } })).stdout).toBe('1')
})
