// What runs on OpenSSH's sshd, and tunnels through it: commands with live streams, shells, subsystems, forwards of every kind.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import { connect as dial, listen, socksDialer, tcpDialer, type Dialer } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import * as ssh from '@net/ssh'

import { freePort } from './child.ts'
import { requireDaemon } from './daemon.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

test('[SSH-36] a command that runs is read and written meanwhile, and an output that is not read holds nothing up', async (context) => {
  await using host = await logIn(await started(context))
  await using child = await host.spawn(
    'while read -r line; do echo "got $line"; echo "saw $line" >&2; done',
  )
  for (const word of ['one', 'two']) {
    await child.stdin.write(`${word}\n`)
    expect(await child.stdout.readLine()).toBe(`got ${word}`)
    expect(await child.stderr.readLine()).toBe(`saw ${word}`)
  }
  child.stdin.end()
  expect(await child.exit).toEqual({ exitCode: 0, exitSignal: undefined })
  // 40 MB of errors that are not read hold nothing up.
  await using noisy = await host.spawn('head -c 40000000 /dev/zero >&2; echo done')
  expect(await noisy.stdout.readText()).toBe('done\n')
  expect(await noisy.exit).toMatchObject({ exitCode: 0 })
})

test('[SSH-37] when its call ends, the program is gone from the server', async (context) => {
  await using host = await logIn(await started(context))
  const controller = new AbortController()
  // On a terminal, whose end ends all of it: sshd passes no signals on for root.
  const terminal = { terminal: true, signal: controller.signal }
  const child = await host.spawn('echo $$; exec sleep 1000', terminal)
  const pid = Number(await child.stdout.readLine())
  expect(() => process.kill(pid, 0)).not.toThrow()
  controller.abort()
  await expect(child.exit).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
})

test('[SSH-40] a shell with a terminal of a size, which changes', async (context) => {
  await using host = await logIn(await started(context))
  await using shell = await host.shell({ term: 'xterm', columns: 100, rows: 30 })
  await shell.stdin.write('PS1=; exec sh\nPS1=; stty size; echo "$TERM" end\n')
  const text = Buffer.from((await shell.stdout.readUntil('xterm end\r\n')) ?? '').toString()
  expect(text).toContain('30 100')
  await shell.resize({ columns: 132, rows: 50 })
  await shell.stdin.write('stty size; echo the end\n')
  const more = Buffer.from((await shell.stdout.readUntil('the end\r\n')) ?? '').toString()
  expect(more).toContain('50 132')
  await shell.stdin.write('exit 3\n')
  expect(await shell.exit).toMatchObject({ exitCode: 3 })
  expect((await host.exec('tty; stty -a', { terminal: { columns: 77 } })).stdout).toMatch(
    /^\/dev\/pts\/\d+\r\n[\s\S]*columns 77/,
  )
})

test('[SSH-40] bash that draws its line, in colours and with bracketed paste: 500 commands', async (context) => {
  const bash = requireDaemon(context, 'bash')
  await using host = await logIn(await started(context))
  await using shell = await host.shell({ term: 'xterm-256color', echo: true })
  await shell.send(`exec ${bash} --noprofile --norc -i`)
  await shell.send(
    `bind 'set enable-bracketed-paste on'; PS1='\\[\\e[1;32m\\]net\\$\\[\\e[0m\\] ' HISTFILE=; echo read''y`,
  )
  await shell.expect(/ready\n(?:net# |net\$ )$/)
  const prompt = /(?:^|\n)net[#$] $/
  for (let number = 0; number < 500; number++) {
    const words = `${number} ${'word '.repeat(number % 25)}`.trim()
    await shell.send(`echo ${words}; printf '\\e[31mred\\e[0m\\n'`)
    const { text } = await shell.expect(prompt)
    expect([number, text.replace(/\n$/, '')]).toEqual([number, `${words}\nred`])
  }
  await shell.send('exit 3')
  expect(await shell.exit).toMatchObject({ exitCode: 3 })
})

test('[SSH-42] a subsystem that sshd has, and one that it has not', async (context) => {
  const folder = testFolder()
  const script = join(folder, 'netconf')
  writeFileSync(script, "#!/bin/sh\nprintf '<hello/>]]>]]>'\nexec cat\n", { mode: 0o755 })
  await using host = await logIn(await started(context, [`Subsystem netconf ${script}`]))
  await using netconf = await host.subsystem('netconf')
  expect(String(Buffer.from((await netconf.stdout.readUntil(']]>]]>')) ?? ''))).toBe(
    '<hello/>]]>]]>',
  )
  await netconf.stdin.write('<rpc/>]]>]]>')
  expect(String(Buffer.from((await netconf.stdout.readUntil(']]>]]>')) ?? ''))).toBe('<rpc/>]]>]]>')
  await expect(host.subsystem('nothing')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect((await host.exec('echo here')).stdout).toBe('here\n')
})

test('[SSH-47] [SSH-48] [SSH-49] [SSH-50] tunnels of every kind carry both ways, and keep half an end', async (context) => {
  await using echo = await startEchoServer()
  await using host = await logIn(await started(context))
  const target = `127.0.0.1:${echo.address.port}`
  const folder = testFolder()
  mkdirSync(join(folder, 'at'))
  const [here, there] = [join(folder, 'at', 'here'), join(folder, 'at', 'there')]
  await using local = await host.forwardLocal('127.0.0.1:0', target)
  await using remote = await host.forwardRemote('127.0.0.1:0', target)
  await using second = await host.forwardRemote('localhost:0', target)
  await using dynamic = await host.forwardDynamic('127.0.0.1:0')
  await using service = await listen(`unix:${there}`, async (connection) => {
    for await (const chunk of connection) await connection.write(chunk)
    await connection.end()
  })
  await using unix = await host.forwardLocal(`unix:${here}`, service.url)
  await using back = await host.forwardRemote(`unix:${join(folder, 'at', 'back')}`, service.url)
  const urls = [local.url, remote.url, second.url, unix.url, back.url]
  for (const url of urls) expect(await echoOf(await dial(url))).toBe(SENT.length)
  const dialer = socksDialer(`socks5://127.0.0.1:${dynamic.address.port}`)
  expect(await echoOf(await dial(`tcp://${target}`, { dialer }))).toBe(SENT.length)
  const port = remote.address.port
  await remote.close()
  await expect(dial(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'NET_CONNECT_REFUSED',
  })
})

test('a tunnel whose target refuses goes on, and a server that forbids them says so', async (context) => {
  const sshd = await started(context)
  await using host = await logIn(sshd)
  const port = await freePort()
  await using tunnel = await host.forwardLocal('127.0.0.1:0', `127.0.0.1:${port}`)
  await using refused = await dial(tunnel.url)
  await expect(refused.readAll()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
  await using service = await listen(`tcp://127.0.0.1:${port}`, (connection) =>
    connection.write('hi'),
  )
  await using served = await dial(tunnel.url)
  expect([await served.readText(), service.address.port]).toEqual(['hi', port])
  const closed = await started(context, ['AllowTcpForwarding no', 'AllowStreamLocalForwarding no'])
  await using other = await logIn(closed)
  await expect(other.forwardRemote('127.0.0.1:0', 'a:1')).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
  })
})

test('[SSH-48] a port that a connection holds which is gone is listened on once sshd has noticed', async (context) => {
  await using echo = await startEchoServer()
  const target = `127.0.0.1:${echo.address.port}`
  const sshd = await started(context, ['ClientAliveInterval 1', 'ClientAliveCountMax 1'])
  const road = deafRoad()
  const old = await logIn(sshd, { dialer: road.dialer, keepAlive: false })
  const at = `127.0.0.1:${await freePort()}`
  await old.forwardRemote(at, target)
  road.deafen()
  await using host = await logIn(sshd)
  await expect(host.forwardRemote(at, target, { retry: false })).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
    message: expect.stringContaining('earlier connection'),
  })
  const retry = { attempts: 100, delay: 200 }
  await using tunnel = await host.forwardRemote(at, target, { retry })
  await using connection = await dial(tunnel.url)
  await connection.write('hello')
  expect(Buffer.from(await connection.readExactly(5)).toString()).toBe('hello')
  await old.close({ grace: 0 })
})

test('a server that is killed ends tunnels and commands with an error', async (context) => {
  const sshd = await started(context)
  const host = await logIn(sshd)
  const child = await host.spawn('cat')
  const tunnel = await host.forwardLocal('127.0.0.1:0', '127.0.0.1:1')
  sshd.kill()
  await expect(child.exit).rejects.toMatchObject({ name: 'ConnectionLostError' })
  expect(await tunnel.closed).toMatchObject({ name: 'ConnectionLostError' })
  await expect(dial(tunnel.url)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
})

async function started(context: TestContext, settings: readonly string[] = []): Promise<Sshd> {
  const sshd = await startSshd(requireDaemon(context, 'sshd'), settings)
  context.onTestFinished(() => sshd[Symbol.asyncDispose]())
  return sshd
}

function logIn(
  { url, user, key, hostKey }: Sshd,
  options: ssh.SshConnectOptions = {},
): Promise<ssh.SshClient> {
  return ssh.connect(url, {
    user,
    auth: ssh.key(key.privateKey),
    hostKeys: ssh.pinned(hostKey.fingerprint),
    ...options,
  })
}

/** A road over which nothing comes any more from a moment on, as where a network is gone. */
function deafRoad(): { readonly dialer: Dialer; deafen(): void } {
  let isDeaf = false
  return {
    deafen: () => void (isDeaf = true),
    dialer: {
      name: 'deaf',
      async dial(endpoint, options) {
        const transport = await tcpDialer().dial(endpoint, options)
        return {
          info: transport.info,
          async read() {
            const chunk = await transport.read()
            return isDeaf ? new Promise<never>(() => {}) : chunk
          },
          write: (chunks) => transport.write(chunks),
          end: () => transport.end(),
          close: () => transport.close(),
          abort: (reason) => transport.abort(reason),
        }
      },
    },
  }
}

/** How many bytes an echo server gives back after the end of what it was sent. */
async function echoOf(given: Awaited<ReturnType<typeof dial>>): Promise<number> {
  await using connection = given
  const back = connection.readAll()
  await connection.write(SENT)
  await connection.end()
  return (await back).length
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const SENT = Buffer.alloc(3_000_000, 'net')
