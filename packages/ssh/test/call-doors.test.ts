import { expect, test } from 'vitest'

import {
  acceptNew,
  connect,
  key,
  knownHosts,
  pinned,
  type SshConnectOptions,
  type ExecOptions,
} from '@net/ssh'
import {
  createSshKey,
  startSshServer,
  type SshFault,
  type SshServerOptions,
} from '@net/ssh/testing'

import { connectDoor, execDoor } from '../src/call-doors.ts'
import { failureOf, logInTo } from './embedded.ts'

const pair = createSshKey()

test.each([
  [{ privateKey: pair.privateKey }, 'auth: key(…)'],
  [{ agent: '/run/agent' }, 'auth: agent({ socket'],
  [{ username: 'ada' }, 'use user'],
  [{ hostVerifier: () => true }, 'use hostKeys'],
  [{ readyTimeout: 1000 }, 'use timeout'],
  [{ keepaliveInterval: 1000 }, 'keepAlive: { interval }'],
  [{ hostkeys: knownHosts() }, 'did you mean hostKeys?'],
  [{ auth: 'a key' }, "auth must be key(fromFile('…'))"],
  [{ hostKeys: true }, 'hostKeys must be a policy, such as acceptNew()'],
  [{ keepAlive: { interval: 0 } }, 'interval must be a number of milliseconds above 0'],
  [{ keepAlive: 15 }, 'keepAlive must be false, or an object'],
  [{ timeout: '10s' }, 'timeout must be a number of milliseconds'],
  [{ user: 7 }, 'user must be a string'],
] as const)('connect refuses %j, and says what was meant', async (options, words) => {
  const error = await failureOf(connect('ssh://127.0.0.1:1', options as SshConnectOptions))
  expect(error).toMatchObject({ code: 'NET_BAD_OPTION', protocol: 'ssh', operation: 'connect' })
  expect(error.message).toContain(words)
})

test.each([
  [{ stdin: 'x' }, 'use input'],
  [{ encoding: 'utf8' }, 'use output'],
  [{ env: { A: 1 } }, 'env.A must be a string'],
  [{ check: 'yes' }, 'check must be true or false'],
  [{ maxbytes: 10 }, 'did you mean maxBytes?'],
  [{ output: 'json' }, "output must be 'text' or 'bytes'"],
] as const)('exec refuses %j, and says what was meant', async (options, words) => {
  await using server = await startSshServer()
  await using host = await logInTo(server)
  const error = await failureOf(host.exec('ls', options as ExecOptions))
  expect(error).toMatchObject({ code: 'NET_BAD_OPTION', protocol: 'ssh', operation: 'exec' })
  expect(error.message).toContain(words)
  expect(server.received.some(({ what }) => what === 'exec')).toBe(false)
})

test('what is undefined is as if it was left out', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' }, banner: undefined })
  await using host = await logInTo(server, { auth: undefined, keepAlive: undefined })
  const nothing = { input: undefined, env: { A: undefined }, cwd: undefined }
  expect((await host.exec('ls', nothing)).stdout).toBe('a')
  expect([connectDoor(undefined), execDoor({})]).toHaveLength(2)
})

test('keys, policies and the test server say whose option is wrong', async () => {
  const wrong = (call: string, words: string): unknown =>
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      protocol: 'ssh',
      operation: call,
      message: expect.stringContaining(words),
    })
  const odd = { password: 'x' } as object
  expect(() => key(pair.privateKey, odd)).toThrow(wrong('key', 'use passphrase'))
  expect(() => key('id_ed25519')).toThrow(wrong('key', 'fromFile'))
  expect(() => knownHosts({ file: 'x' } as object)).toThrow(wrong('knownHosts', 'files'))
  expect(() => acceptNew({ path: 'x' } as object)).toThrow(wrong('acceptNew', 'file'))
  expect(() => pinned(7 as unknown as string)).toThrow(wrong('pinned', 'a pin is'))
  await expect(startSshServer({ user: {} } as SshServerOptions)).rejects.toEqual(
    wrong('startSshServer', 'users'),
  )
  await using server = await startSshServer()
  expect(() => server.fail({ do: 'explode' } as unknown as SshFault)).toThrow(
    wrong('fail', "'drop'"),
  )
  expect(() => server.fail({ on: 'exec' } as unknown as SshFault)).toThrow(wrong('fail', 'do'))
  await using host = await logInTo(server)
  await expect(host.close({ grace: -1 })).rejects.toEqual(wrong('close', 'grace'))
})
