import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from 'vitest'

import { labCommand } from '../../src/commands/lab.ts'
import { streams } from '../recording-streams.ts'

const main = new URL('../../src/main.ts', import.meta.url).pathname

test('it prints every address with its login and the dashboard, serves it, and ends at Ctrl-C with 0', async () => {
  const args = ['--conditions=@net/source', main, 'lab', '--port', '0']
  const lab = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of lab.stdout.setEncoding('utf8')) {
    text += String(chunk)
    if (text.includes('Ctrl-C')) break
  }
  for (const scheme of ['http', 'ftp', 'smtp', 'ssh', 'tcp', 'socks5']) {
    expect(text).toMatch(new RegExp(`${scheme}://127\\.0\\.0\\.1:\\d+`, 'u'))
  }
  expect(text).toContain('ada / lovelace-1815')
  const url = new URL(/Dashboard: (\S+)/u.exec(text)?.[1] ?? '')
  const page = await fetch(url)
  expect(await page.text()).toContain('<title>Dashboard</title>')
  const headers = { authorization: `Bearer ${url.hash.slice(1)}` }
  const servers = (await (
    await fetch(new URL('/api/servers', url), { headers })
  ).json()) as object[]
  expect(servers).toHaveLength(9)
  lab.kill('SIGINT')
  expect(await once(lab, 'exit')).toEqual([0, null])
})

test.each([[['--nonsense']], [['extra']], [['--port', 'x']]])('%j is refused', async (args) => {
  const recorded = streams()
  expect(await labCommand(args, recorded)).toBe(2)
  expect(recorded.messageText()).not.toBe('')
})
