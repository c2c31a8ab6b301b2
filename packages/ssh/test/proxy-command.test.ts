import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { inspect, promisify } from 'node:util'

import { expect, test, vi } from 'vitest'

import { connect } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { proxyCommandDialer } from '../src/proxy-command.ts'
import { configFolder } from './config/config-folder.ts'
import { failureOf, logInTo } from './embedded.ts'

/** The processes that this one has started and not waited for. */
function childrenOf(process: number): readonly number[] {
  const path = `/proc/${process}/task`
  if (!existsSync(path)) return []
  const lists = readdirSync(path).map((task) => readFileSync(`${path}/${task}/children`, 'utf8'))
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

const node = JSON.stringify(process.execPath)
const pipe = `const s = require('node:net').connect(process.argv[2], process.argv[1]); process.stdin.pipe(s).pipe(process.stdout); s.on('error', () => process.exit(1))`

test('[SSH-06] a connection over the input and output of a command, which ends with it', async () => {
  using folder = configFolder()
  await using server = await startSshServer({ exec: { ls: 'a\n' } })
  const known = folder.write('known_hosts', server.knownHostsLine.trim())
  const file = folder.write(
    'config',
    `UserKnownHostsFile ${known}`,
    'HostName 127.0.0.1',
    `Port ${server.address.port}`,
    `ProxyCommand ${node} -e "${pipe}" %h %p`,
  )
  await using host = await connect('box', { config: file, user: 'ada', password: 'lovelace' })
  expect((await host.exec('ls')).stdout).toBe('a\n')
  expect(host.info.hops.map(({ kind }) => kind)).toEqual(['command'])
  await host.close()
  await server.idle()
})

test('[SSH-06] a command that ends before the server has spoken is an error with its status and its words', async () => {
  await using server = await startSshServer()
  for (const [command, words] of [
    ['false', 'ended with status 1'],
    [
      'sh -c "echo why >&2; exit 3"',
      'ended with status 3 before the server said anything; it says: "why"',
    ],
    ['sh -c "kill -9 $$"', 'ended by SIGKILL'],
  ] as const) {
    const error = await failureOf(logInTo(server, { dialer: proxyCommandDialer(command) }))
    expect(error).toMatchObject({ code: 'NET_PROXY_UNREACHABLE', retry: 'safe' })
    expect(error.message).toContain(words)
  }
})

test('[SSH-06] a command that stays is ended when the call is aborted', async () => {
  await using server = await startSshServer()
  const stop = new AbortController()
  const dialer = proxyCommandDialer('sleep 1000')
  const failure = failureOf(logInTo(server, { dialer, signal: stop.signal }))
  stop.abort(new Error('enough'))
  expect(await failure).toMatchObject({ code: 'NET_ABORTED' })
})

test('[SSH-06] a command that dies in the middle is a lost connection', async () => {
  await using server = await startSshServer({ exec: () => new Promise(() => {}) })
  const { port } = server.address
  const dialer = proxyCommandDialer(`${node} -e "${pipe}" 127.0.0.1 ${port}`)
  const before = childrenOf(process.pid)
  await using host = await logInTo(server, { dialer })
  const running = failureOf(host.exec('sleep'))
  await server.waitFor(({ what }) => what === 'exec')
  for (const child of childrenOf(process.pid)) {
    if (!before.includes(child)) process.kill(child, 'SIGKILL')
  }
  expect(await running).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test.skipIf(!existsSync('/proc/self/task'))(
  'of 500 commands none is left, ended or not',
  async () => {
    const before = childrenOf(process.pid)
    const endpoint = { scheme: 'ssh', host: '127.0.0.1', port: 22 }
    const dial = async (command: string): Promise<void> => {
      const road = await proxyCommandDialer(command)
        .dial(endpoint)
        .catch(() => undefined)
      road?.abort()
    }
    for (let round = 0; round < 50; round++) {
      const commands = ['false', 'true', 'echo', 'cat /dev/null', 'echo SSH-2.0-x']
      await Promise.all([...commands, ...commands].map(dial))
    }
    // One that does not end by itself, and one that does not want to.
    await Promise.all(
      ['sh -c "echo; exec sleep 60"', `sh -c "trap '' TERM; echo; sleep 60"`].map(dial),
    )
    await expect
      .poll(() => childrenOf(process.pid).filter((child) => !before.includes(child)), {
        timeout: 20_000,
      })
      .toEqual([])
  },
  60_000,
)

test.skipIf(!existsSync('/proc/self/fd'))(
  'a command leaves nothing open, also where programs that it has started go on',
  async () => {
    const open = (): number => readdirSync('/proc/self/fd').length
    const endpoint = { scheme: 'ssh', host: '127.0.0.1', port: 22 }
    const before = open()
    // What each has started reads nothing, and keeps its output open.
    for (const command of ['yes', 'sh -c "echo; sleep 60; true"', 'sh -c "echo; yes >&2; true"']) {
      const road = await proxyCommandDialer(command).dial(endpoint)
      expect(open()).toBeGreaterThan(before)
      road.abort()
      await vi.waitUntil(() => open() === before, { timeout: 20_000 })
    }
  },
)

test('the error of a command that cannot be started, and its cause, show nothing of it', async () => {
  const endpoint = { scheme: 'ssh', host: '127.0.0.1', port: 22 }
  for (const [command, code] of [
    ['connect --password hush\0', 'NET_BAD_OPTION'],
    // Longer than any system takes in one argument.
    [`connect --password hush ${' '.repeat(2_000_000)}`, 'NET_LOCAL_IO'],
  ] as const) {
    const error = await failureOf(proxyCommandDialer(command).dial(endpoint))
    expect(error).toMatchObject({ code })
    expect(inspect([error, error.cause])).not.toContain('hush')
  }
})

test('where no file can be opened any more, the call fails and the process goes on', async () => {
  const program = `
    import { closeSync, openSync } from 'node:fs'
    import { proxyCommandDialer } from ${JSON.stringify(import.meta.resolve('../src/proxy-command.ts'))}
    const dial = () => proxyCommandDialer('true').dial({ scheme: 'ssh', host: '127.0.0.1', port: 22 })
    const outcomes = [await dial().catch(({ code }) => code)]
    const held = []
    try { for (;;) held.push(openSync('/dev/null')) } catch {}
    outcomes.push(await dial().catch(({ code, cause }) => code + Object.keys(cause)))
    for (const one of held) closeSync(one)
    console.log(outcomes.join(' '))`
  const run = ['--conditions=@net/source', '--input-type=module', '-e', program]
  const { stdout } = await promisify(execFile)(
    '/bin/sh',
    ['-c', 'ulimit -n 100; exec "$0" "$@"', process.execPath, ...run],
    { cwd: import.meta.dirname },
  )
  expect(stdout).toBe('NET_PROXY_UNREACHABLE NET_LOCAL_LIMITerrno,code,syscall,path\n')
})
