import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { startSshServer, type ExecHandler } from '@net/ssh/testing'

import { RunningShell } from '../../src/shell/shell.ts'
import { failureOf, logInTo } from '../embedded.ts'

/** A switch that draws: it repeats what is typed, pages, asks, and shows its prompt in colours. */
const appliance: ExecHandler = async (_, { stdin, stdout }) => {
  const prompt = '\u001b[1mswitch#\u001b[0m '
  await stdout.write(`\u001b[?2004hWelcome\r\n${prompt}`)
  let rest: string[] = []
  for await (const chunk of stdin) {
    const text = Buffer.from(chunk).toString()
    if (text === ' ') {
      await stdout.write(`\r        \r${rest.shift()}\r\n`)
    } else if (text === 'y\n') {
      await stdout.write('y\r\nreloading\r\n')
      return
    } else {
      const line = text.trim()
      // Broken at eight letters, as if the terminal was narrow.
      await stdout.write(`${line.slice(0, 8)}\r\n${line.slice(8)}\r\n`)
      if (line === 'reload') {
        await stdout.write('Proceed? [y/n] ')
        continue
      }
      rest = ['two', 'three']
      await stdout.write('one\r\n')
    }
    await stdout.write(rest.length > 0 ? '--More--' : prompt)
  }
}

const answers = [
  ['--More--', ' '],
  [/Proceed\? \[y\/n\] $/, 'y\n'],
] as const

test('[SSH-40] an appliance is talked to: prompts, pages and questions', async () => {
  await using server = await startSshServer({ shell: appliance })
  await using host = await logInTo(server)
  await using shell = await host.shell()
  expect(shell).toBeInstanceOf(RunningShell)
  expect((await shell.expect(/switch# $/)).text).toBe('Welcome\n')
  await shell.send('show version')
  const { text } = await shell.expect(['nothing', /switch# $/], { answers })
  expect(text).toBe('one\ntwo\nthree\n')
  await shell.send('reload')
  expect(await shell.expect(/reload(ing)/, { answers })).toMatchObject({
    match: ['reloading', 'ing'],
    index: 0,
  })
  expect(await failureOf(shell.expect(/switch# $/))).toMatchObject({
    code: 'NET_CONN_CLOSED',
    operation: 'expect',
  })
})

test('a wait that takes too long has what was shown, and the next one sees it again', async () => {
  await using server = await startSshServer({
    shell: (_, { stdout, stdin }) => talk(stdout, stdin),
  })
  await using host = await logInTo(server, { keepAlive: false })
  await using shell = await host.shell()
  using clock = useFakeClock()
  expect((await shell.expect('login: ')).text).toBe('')
  await shell.send('ada')
  const waiting = failureOf(shell.expect('never', { timeout: { reply: 2000 } }))
  await clock.until(() => clock.timers > 0)
  await clock.advance(2000)
  expect(await waiting).toMatchObject({ code: 'NET_TIMEOUT_REPLY', limit: 2000 })
  expect((await shell.expect('Password: ')).match).toEqual(['Password: '])
})

async function talk(
  stdout: Parameters<ExecHandler>[1]['stdout'],
  stdin: AsyncIterable<Uint8Array>,
): Promise<void> {
  await stdout.write('login: ')
  for await (const _ of stdin) await stdout.write('Password: ')
}

test('what a shell may show is limited, and what is waited for is checked', async () => {
  await using server = await startSshServer({
    shell: (_, { stdout }) => stdout.write('x'.repeat(5000)),
  })
  await using host = await logInTo(server)
  await using shell = await host.shell()
  expect(await failureOf(shell.expect('y', { limit: 1000 }))).toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 1000,
    partial: expect.stringMatching(/^x+$/),
  })
  for (const bad of ['', 1, []]) {
    expect(await failureOf(shell.expect(bad as never))).toMatchObject({ code: 'NET_BAD_OPTION' })
  }
  const options = { answers: ['--More--'] as never }
  expect(await failureOf(shell.expect('x', options))).toMatchObject({ code: 'NET_BAD_OPTION' })
})
