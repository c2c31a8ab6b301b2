import { startSshServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net } from '../net.ts'

const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none', '-u', 'ada']
const env = { NET_PASSWORD: 'love' }
const users = { ada: { password: 'love' } }

describe('net exec', () => {
  it('prints what the command prints, and ends as it ended', async () => {
    await using server = await startSshServer({
      users,
      exec: async (command, io) => {
        await io.stdout.write(`ran ${command}`)
        await io.stderr.write('warned\n')
        return 42
      },
    })
    expect(await net(['exec', ...login, server.url, 'ls', '-l', 'a b'], { env })).toMatchObject({
      code: 42,
      out: "ran ls -l 'a b'",
      err: 'warned\n',
    })
    expect((await net(['exec', ...login, server.url, 'ls | wc'], { env })).out).toBe('ran ls | wc')
    const { events } = await net(['exec', ...login, '--json', server.url, 'x'], { env })
    expect(events.toSorted((a, b) => (String(a['type']) < String(b['type']) ? -1 : 1))).toEqual([
      { type: 'exit', exitCode: 42 },
      { type: 'stderr', text: 'warned\n' },
      { type: 'stdout', text: 'ran x' },
    ])
  })

  it('tells no half of a character with --json, wherever its bytes are cut', async () => {
    const text = 'é€😀'.repeat(20)
    await using server = await startSshServer({
      users,
      exec: async (_command, io) => {
        for (const byte of Buffer.from(text)) await io.stdout.write(Uint8Array.of(byte))
      },
    })
    const { events } = await net(['exec', ...login, '--json', server.url, 'x'], { env })
    const told = events.filter(({ type }) => type === 'stdout')
    expect(told.map((event) => event['text']).join('')).toBe(text)
  })

  it('[H-SSH-24] is harmless on a terminal, unless a raw one was asked for', async () => {
    await using server = await startSshServer({
      users,
      exec: async (_command, io) => {
        await io.stdout.write('a\u001b[2Jb\u009b\n')
        await io.stderr.write('c\u202ed\n')
      },
    })
    const at = { env, columns: 80 }
    const args = [...login, server.url, 'x']
    expect(await net(['exec', ...args], at)).toMatchObject({
      out: 'a\\x1b[2Jb\\x9b\n',
      err: 'c\\u202ed\n',
    })
    for (const option of ['--raw', '--tty']) {
      const { out } = await net(['exec', option, ...args], at)
      expect(out).toContain('a\u001b[2Jb\u009b')
    }
    // A pipe gets what the command wrote.
    expect((await net(['exec', ...args], { env })).out).toBe('a\u001b[2Jb\u009b\n')
  })

  it('gives standard input to the command with --stdin alone', async () => {
    await using server = await startSshServer({
      users,
      exec: async (_command, io) => {
        for await (const chunk of io.stdin) await io.stdout.write(chunk)
      },
    })
    const given = { env, stdin: 'typed' }
    expect((await net(['exec', ...login, server.url, 'cat'], given)).out).toBe('')
    expect((await net(['exec', ...login, '--stdin', server.url, 'cat'], given)).out).toBe('typed')
  })

  it('sets variables', async () => {
    await using server = await startSshServer({
      users,
      exec: (_command, io) => void io.stdout.write(JSON.stringify(io.env)),
    })
    expect(
      (await net(['exec', ...login, '-e', 'LANG=C', server.url, 'env'], { env })).out,
    ).toContain('"LANG":"C"')
    expect((await net(['exec', ...login, '-e', 'LANG', server.url, 'env'], { env })).code).toBe(2)
  })

  it('names the option that trusts a new host', async () => {
    await using server = await startSshServer({ users })
    const args = ['exec', '--ssh-config', 'none', '--known-hosts', '/nowhere', server.url, 'ls']
    const { code, err } = await net(args, { env })
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining('--accept-new') })
    expect(err).not.toContain('acceptNew')
  })
})
