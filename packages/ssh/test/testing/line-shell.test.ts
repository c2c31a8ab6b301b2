import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { lineShell } from '../../src/testing/line-shell.ts'
import { logInTo } from '../embedded.ts'

test('[SSH-70] a shell runs the commands of the table line by line, and ends with the status of the last one or of exit', async () => {
  await using server = await startSshServer({
    exec: { who: 'ada\n', fail: { stderr: 'no\n', exit: 4 } },
  })
  await using host = await logInTo(server)
  await using plain = await host.shell({ terminal: false })
  await plain.stdin.write('who\n\nfail\n  who \nfail')
  plain.stdin.end()
  expect(await plain.stdout.readText()).toBe('ada\nno\nada\nno\n')
  expect(await plain.exit).toMatchObject({ exitCode: 4 })
  await using other = await host.shell()
  await other.stdin.write('exit 7\r')
  expect(await other.exit).toMatchObject({ exitCode: 7 })
  expect(await other.stdout.readText()).toBe('$ ')
  expect(lineShell.length).toBe(1)
})

test('[SSH-70] a shell may be a function of its own', async () => {
  await using server = await startSshServer({
    shell: async (command, { terminal, stdout, env }) => {
      await stdout.write(`[${command}] ${terminal?.term} ${terminal?.rows} ${env['LANG']}`)
      return { signal: 'HUP' }
    },
  })
  await using host = await logInTo(server)
  await using shell = await host.shell({ term: 'vt100', rows: 30, env: { LANG: 'C' } })
  expect(await shell.stdout.readText()).toBe('[] vt100 30 C')
  expect(await shell.exit).toMatchObject({ exitSignal: 'HUP' })
})
