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
  'a=b,c',
  '<x>|y',
  ':',
  'a:b',
  '@',
  '^',
  '...',
  '-',
  '--',
  '[',
  ']{',
  'a%2Fb',
  'a  b',
  'CON',
  'x.',
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
      expect(urls.length).toBeGreaterThan(40)
      // One by one, the middle first: only that is gone.
      let left = urls
      for (const at of [20, 5, 17, 0]) {
        const gone = left.at(at) ?? ''
        const removed = await net(['rm', ...login, gone], { env })
        expect(removed).toMatchObject({ code: 0, out: '', err: '' })
        left = left.filter((url) => url !== gone)
        const { out: still } = await net(['ls', '-a', '--url', place, ...login], { env })
        expect(still.trimEnd().split('\n')).toEqual(left)
      }
      expect(await net(['rm', ...login, ...left], { env })).toMatchObject({ code: 0, err: '' })
      expect((await net(['ls', '-a', place, ...login], { env })).out).toBe('')
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

  // CL-6
  it('prints a name with a line break as a URL that can be given back', async () => {
    using folder = temporaryFolder()
    for (const name of ['a\nb', 'a']) writeFileSync(join(folder.path, name), name)
    const { out } = await net(['ls', '--url', folder.path])
    const urls = out.trimEnd().split('\n')
    expect(urls).toHaveLength(2)
    expect(await net(['rm', urls.find((url) => url.includes('%0A')) ?? ''])).toMatchObject({
      code: 0,
    })
    expect((await net(['ls', folder.path])).out).toBe('a\n')
  })

  // CL-9
  it('has the bytes of a name that is not UTF-8 beside it, and takes its URL back', async () => {
    await using ftp = await startFtpServer({
      files: { '/m\u00e4rz': 'x', '/plain': '' },
      encoding: 'latin1',
    })
    const { events } = await net(['ls', '--json', ftp.url])
    const odd = events.find((event) => 'raw' in event)
    expect(events.find((event) => event['name'] === 'plain')).not.toHaveProperty('raw')
    expect(Buffer.from(String(odd?.['raw']), 'base64').toString('latin1')).toBe('m\u00e4rz')
    expect(odd?.['url']).toBe(`${ftp.url}/m%E4rz`)
    expect(await net(['cat', `${ftp.url}/m%E4rz`])).toMatchObject({ code: 0, out: 'x' })
    using folder = temporaryFolder()
    writeFileSync(Buffer.from(join(folder.path, 'm\u00e4rz'), 'latin1'), 'y')
    const { out } = await net(['ls', '--url', folder.path])
    expect(out).toMatch(/\/m%E4rz\n$/)
    expect(await net(['cat', out.trim()])).toMatchObject({ code: 0, out: 'y' })
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
