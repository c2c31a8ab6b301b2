import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { planStart } from '../src/command-start.ts'
import { failureOf, logInTo } from './embedded.ts'

test('a terminal and all variables are asked for at once, before anything is answered', async () => {
  await using server = await startSshServer({
    exec: (_, { env, stdout }) => stdout.write(`${env['A']}${env['B']}`),
  })
  await using host = await logInTo(server, { keepAlive: false })
  for (const on of ['env A', 'env B', 'pty']) server.fail({ on, do: { delay: 20 } })
  const { stdout } = await host.exec('show', { env: { A: '1', B: '2' }, terminal: true })
  expect(stdout).toBe('12')
})

test('what is too long for a packet is refused before anything is sent', async () => {
  await using server = await startSshServer()
  await using host = await logInTo(server)
  const long = 'x'.repeat(40_000)
  for (const call of [
    () => host.spawn(`echo ${long}`),
    () => host.subsystem(long),
    () => host.shell({ term: long }),
    () => host.shell({ env: { A: long } }),
  ]) {
    expect(await failureOf(call())).toMatchObject({ code: 'NET_BAD_OPTION', limit: 32_000 })
  }
  expect(server.received.every(({ what }) => what === 'auth')).toBe(true)
})

test('a plan has the folder, the variables and the terminal', () => {
  expect(planStart(['ls', 'a b'], { cwd: '/srv', env: { A: '1' }, terminal: true })).toEqual({
    run: { kind: 'exec', command: { text: "ls 'a b'", simple: true } },
    variables: [{ name: 'A', value: '1' }],
    cwd: '/srv',
    terminal: { term: 'dumb', columns: 511, rows: 24, echo: false },
  })
  expect(planStart('ls', { terminal: false }).terminal).toBeUndefined()
})

test('what a device sends before its answer belongs to the command', async () => {
  await using server = await startSshServer({
    quirks: { answer: 'late' },
    exec: { show: { stdout: 'all of it', exit: 3 } },
    subsystems: { netconf: '<hello/>]]>]]>' },
  })
  await using host = await logInTo(server)
  expect(await host.exec('show')).toMatchObject({ stdout: 'all of it', exitCode: 3 })
  await using netconf = await host.subsystem('netconf')
  expect(String(Buffer.from((await netconf.stdout.readUntil(']]>]]>')) ?? ''))).toBe(
    '<hello/>]]>]]>',
  )
})

test('what has printed and ended without any answer has run', async () => {
  await using server = await startSshServer({
    quirks: { answer: 'never' },
    exec: { show: { stdout: 'all of it', exit: 3 } },
  })
  await using host = await logInTo(server)
  expect(await host.exec('show')).toMatchObject({ stdout: 'all of it', exitCode: 3 })
})

test('what is refused behind its first words is an error that has them', async () => {
  await using server = await startSshServer({
    quirks: { answer: 'refused' },
    exec: { show: 'not allowed here' },
  })
  await using host = await logInTo(server)
  expect(await failureOf(host.exec('show'))).toMatchObject({
    code: 'NET_REPLY_PERMANENT',
    partial: { stdout: 'not allowed here' },
  })
})

test('for a shell of Windows a text goes as it is, and what would be quoted for POSIX is refused before anything is sent', async () => {
  await using server = await startSshServer({
    quirks: { software: 'OpenSSH_for_Windows_9.5', env: false },
    exec: (command, { stdout }) => stdout.write(command),
  })
  await using host = await logInTo(server)
  const text = `dir "C:\\Program Files" & echo 'done'`
  expect((await host.exec(text)).stdout).toBe(text)
  for (const call of [
    () => host.exec(['dir', 'C:\\Program Files']),
    () => host.exec('dir', { cwd: 'C:\\' }),
    () => host.exec('dir', { sudo: true }),
    () => host.spawn(['dir']),
    // Asked for apart from the command first.
    () => host.exec('dir', { env: { LANG: 'C' } }),
  ]) {
    expect(await failureOf(call())).toMatchObject({ code: 'NET_UNSUPPORTED' })
  }
  const commands = server.received.filter(({ what }) => what === 'exec')
  expect(commands.map((received) => received.text)).toEqual([text])
})
