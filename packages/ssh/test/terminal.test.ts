import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { terminalOf } from '../src/terminal.ts'
import { failureOf, logInTo } from './embedded.ts'

test('[SSH-40] a shell has a terminal of the size that was asked for, and follows a new one', async () => {
  await using server = await startSshServer({ exec: { who: 'ada\n' } })
  await using host = await logInTo(server)
  await using shell = await host.shell({ term: 'xterm', columns: 80, rows: 25, echo: true })
  expect(Buffer.from((await shell.stdout.readUntil('$ ')) ?? '').toString()).toBe('$ ')
  await shell.stdin.write('who\n')
  expect(Buffer.from((await shell.stdout.readUntil('$ ')) ?? '').toString()).toBe(
    'who\r\nada\r\n$ ',
  )
  await shell.resize({ columns: 132, rows: 50 })
  await shell.stdin.write('exit 3\n')
  expect(await shell.exit).toMatchObject({ exitCode: 3 })
  const seen = server.received.map(({ what, text }) => `${what} ${text}`)
  expect(seen).toContain('pty xterm 80x25')
  expect(seen).toContain('shell ')
  expect(seen).toContain('resize xterm 132x50')
})

test('[SSH-40] by default a shell repeats nothing, prints no colours and breaks no lines', async () => {
  await using server = await startSshServer({ exec: { who: 'ada\n' } })
  await using host = await logInTo(server)
  await using shell = await host.shell()
  await shell.stdin.write('who\nexit\n')
  expect(await shell.stdout.readText()).toBe('$ ada\r\n$ ')
  expect(terminalOf(true)).toEqual({ term: 'dumb', columns: 511, rows: 24, echo: false })
  await using plain = await host.shell({ terminal: false })
  await plain.stdin.write('who\n')
  plain.stdin.end()
  expect(await plain.stdout.readText()).toBe('ada\n')
})

test('[SSH-40] a command may have a terminal; a server that gives none is an error', async () => {
  await using server = await startSshServer({
    exec: {
      size: (_, { terminal, stdout }) => stdout.write(`${terminal?.columns}x${terminal?.rows}`),
    },
  })
  await using host = await logInTo(server)
  const terminal = { columns: 40, rows: 12 }
  expect((await host.exec('size', { terminal })).stdout).toBe('40x12')
  expect((await host.exec('size', { terminal: true })).stdout).toBe('511x24')
  expect((await host.exec('size')).stdout).toBe('undefinedxundefined')
  server.fail({ on: 'pty', do: { reply: 'failure' } })
  expect(await failureOf(host.exec('size', { terminal }))).toMatchObject({
    code: 'NET_UNSUPPORTED',
  })
  expect(await failureOf(host.shell({ columns: 0 }))).toMatchObject({ code: 'NET_BAD_OPTION' })
  expect(await failureOf(host.shell({ term: 'a\nb' }))).toMatchObject({ code: 'NET_INJECTION' })
})

test('[SSH-42] a subsystem is spoken to by its input and output; one that is not there is told by its name', async () => {
  await using server = await startSshServer({
    subsystems: {
      netconf: async (_, { stdin, stdout }) => {
        await stdout.write('<hello/>]]>]]>')
        for await (const chunk of stdin) await stdout.write(`<got>${String(chunk)}</got>]]>]]>`)
      },
    },
  })
  await using host = await logInTo(server)
  await using netconf = await host.subsystem('netconf')
  const message = async (): Promise<string> =>
    Buffer.from((await netconf.stdout.readUntil(']]>]]>')) ?? '').toString()
  expect(await message()).toBe('<hello/>]]>]]>')
  await netconf.stdin.write('<rpc/>')
  expect(await message()).toBe('<got><rpc/></got>]]>]]>')
  netconf.stdin.end()
  expect(await netconf.exit).toMatchObject({ exitCode: 0 })
  expect(await failureOf(host.subsystem('sftp'))).toMatchObject({
    code: 'NET_UNSUPPORTED',
    message: expect.stringContaining('"sftp"'),
  })
  expect(host.info.user).toBe('ada')
})

test('a variable that the server does not take is told where no line can set it', async () => {
  await using server = await startSshServer({ quirks: { env: false } })
  await using host = await logInTo(server)
  expect(await failureOf(host.shell({ env: { LANG: 'C' } }))).toMatchObject({
    code: 'NET_UNSUPPORTED',
    message: expect.stringContaining('LANG'),
  })
})
