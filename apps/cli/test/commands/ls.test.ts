import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { startSftpServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

const NAMES = [
  'a b',
  'a[1].txt',
  '{x}',
  'a#b',
  'a?b',
  '%41',
  ' begin',
  'end ',
  '"q"',
  "it's",
  '-rf',
  '~',
  'ä',
  '*',
  'a;b',
  '..a',
  '100%',
  '%',
  'a+b',
  'a&b=c',
  '!',
  '$HOME',
  'a\\b',
  '`x`',
  '(y)',
  '😀',
]

describe('net ls', () => {
  it('lists names, sorted, hidden ones with -a', async () => {
    await using ftp = await startFtpServer({ files: { b: '', a: '', '.c': '', 'd/e': '' } })
    expect((await net(['ls', ftp.url])).out).toBe('a\nb\nd\n')
    expect((await net(['ls', '-a', ftp.url])).out).toBe('.c\na\nb\nd\n')
    expect((await net(['ls', '-r', ftp.url])).out).toBe('a\nb\nd\nd/e\n')
    expect((await net(['ls', '-r', `${ftp.url}/d`])).out).toBe('e\n')
    expect((await net(['ls', '-r', '--url', `${ftp.url}/d`])).out).toBe(`${ftp.url}/d/e\n`)
    expect((await net(['ls', `${ftp.url}/d/e`])).out).toBe('e\n')
    expect((await net(['ls', '-l', `${ftp.url}/d`])).out).toMatch(/^- .* 0 \d{4}-\d\d-\d\d .* e\n$/)
  })

  it('goes on behind a place that is not there, and tells it', async () => {
    await using ftp = await startFtpServer({ files: { 'a/x': '', 'b/y': '' } })
    const { code, out, err } = await net(['ls', `${ftp.url}/a`, `${ftp.url}/none`, `${ftp.url}/b`])
    expect({ code, out }).toEqual({ code: 1, out: 'x\ny\n' })
    expect(err).toContain(`net ls ${ftp.url}/none: `)
    expect(await net(['ls', `${ftp.url}/none`])).toMatchObject({ code: 3, out: '' })
  })

  // CL-6
  it.each(['ftp', 'sftp', 'file'])(
    'prints URLs that mean the same file to every command (%s)',
    async (kind) => {
      using folder = temporaryFolder()
      mkdirSync(join(folder.path, 'in'))
      for (const name of NAMES) writeFileSync(join(folder.path, 'in', name), name)
      const contents = Object.fromEntries(NAMES.map((name) => [`/in/${name}`, name]))
      await using ftp = await startFtpServer({ files: contents })
      await using sftp = await startSftpServer({
        files: contents,
        ssh: { users: { ada: { password: 'love' } } },
      })
      const place = {
        ftp: `${ftp.url}/in`,
        sftp: `${sftp.url.replace('ssh:', 'sftp:').replace('//', '//ada@')}/in`,
        file: join(folder.path, 'in'),
      }[kind]!
      const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none']
      const env = { NET_PASSWORD: 'love' }
      const { out } = await net(['ls', '-a', '--url', place, ...login], { env })
      const urls = out.trimEnd().split('\n')
      expect(urls).toHaveLength(NAMES.length)
      const { out: bodies } = await net(['cat', ...login, ...urls], { env })
      expect(bodies).toBe(NAMES.toSorted((a, b) => (a < b ? -1 : 1)).join(''))
      const { events } = await net(['ls', '-a', '--json', place, ...login], { env })
      expect(events.map(({ url }) => url)).toEqual(urls)
      const [first, ...rest] = urls
      expect(await net(['rm', ...login, first!], { env })).toMatchObject({
        code: 0,
        out: '',
        err: '',
      })
      expect((await net(['ls', '-a', '--url', place, ...login], { env })).out).toBe(
        `${rest.join('\n')}\n`,
      )
    },
  )

  it('[H-APP-01] shows names harmless on a terminal', async () => {
    await using sftp = await startSftpServer({
      files: { '/in/a\u001b[2J\u202e\n': '' },
      ssh: { users: { ada: { password: 'love' } } },
    })
    const args = [
      'ls',
      `${sftp.url.replace('ssh://', 'sftp://ada@')}/in`,
      '--pin',
      sftp.ssh.hostKey.fingerprint,
      '--ssh-config',
      'none',
    ]
    const env = { NET_PASSWORD: 'love' }
    expect((await net(args, { env, columns: 80 })).out).toBe('a\\x1b[2J\\u202e\\n\n')
    expect((await net([...args, '--raw'], { env, columns: 80 })).out).toBe('a\u001b[2J\u202e\n\n')
    expect((await net(args, { env })).out).toBe('a\u001b[2J\u202e\n\n')
    const [terminal, pipe] = [
      await net([...args, '--json'], { env, columns: 80 }),
      await net([...args, '--json'], { env }),
    ]
    expect(terminal.out).toBe(pipe.out)
  })

  it('keeps the keys of its objects', async () => {
    await using ftp = await startFtpServer({ files: { a: 'x' } })
    const { events } = await net(['ls', '--json', ftp.url])
    expect(Object.keys(events[0]!)).toEqual([
      'type',
      'name',
      'kind',
      'size',
      'modified',
      'mode',
      'url',
    ])
  })
})
