import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'

import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { startSftpServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

const users = { ada: { password: 'love' } }
const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none']

describe('net cp', () => {
  it('copies between local files, ftp, sftp and http', async () => {
    using folder = temporaryFolder()
    const local = join(folder.path, 'a.txt')
    writeFileSync(local, 'content')
    await using ftp = await startFtpServer()
    await using sftp = await startSftpServer({ ssh: { users } })
    await using web = await startHttpServer({
      routes: { '/a%20b.txt': { body: 'from the web', ranges: true } },
    })
    const at = sftp.url.replace('ssh://', 'sftp://ada@')
    const env = { NET_PASSWORD: 'love' }
    const steps = [
      [local, `${ftp.url}/b.txt`],
      [`${ftp.url}/b.txt`, `${at}/c.txt`],
      [`${at}/c.txt`, join(folder.path, 'd.txt')],
      [`${web.url}/a%20b.txt`, `${at}/`],
    ]
    for (const step of steps) {
      const { code, err } = await net(['cp', ...login, ...step], { env })
      expect({ code, err }).toEqual({
        code: 0,
        err: expect.stringMatching(/^1 made, \d+ B moved\n$/),
      })
    }
    expect(readFileSync(join(folder.path, 'd.txt'), 'utf8')).toBe('content')
    expect(sftp.files.text('/a b.txt')).toBe('from the web')
  })

  // CL-5
  it.each(['ftp', 'sftp'])('puts things on a server where cp puts them here: %s', async (kind) => {
    using folder = temporaryFolder()
    const layout = { '/there/.keep': '', '/tree/sub/y': 'y', '/file': 'x' }
    await using ftp = await startFtpServer({ files: layout })
    await using sftp = await startSftpServer({ files: layout, ssh: { users } })
    const place = kind === 'ftp' ? ftp.url : sftp.url.replace('ssh://', 'sftp://ada@')
    const env = { NET_PASSWORD: 'love' }
    for (const [path, text] of Object.entries(layout)) {
      const file = join(folder.path, path)
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, text)
    }
    const cases = [
      ['file', 'there'],
      ['file', 'there/'],
      ['file', 'new'],
      ['file', 'missing/'],
      ['tree', 'there'],
      ['-r', 'tree', 'there'],
      ['-r', 'tree/', 'new-tree'],
      ['file', 'new', 'there'],
      ['file', 'tree', 'nowhere'],
    ]
    for (const words of cases) {
      const target = words.at(-1) ?? ''
      const local = words.map((word) => (word === '-r' ? word : `${folder.path}/${word}`))
      // Before the copy here, which changes what both are made of.
      const args = ['cp', ...login, ...local.slice(0, -1), `${place}/${target}`]
      const { code } = await net(args, { env })
      let theirs = 0
      try {
        execFileSync('cp', local, { stdio: 'pipe' })
      } catch {
        theirs = 1
      }
      expect([words, Math.min(code, 1)]).toEqual([words, theirs])
      const { out } = await net(['ls', '-ar', ...login, place], { env })
      const here = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P\\n'], {
        cwd: folder.path,
        encoding: 'utf8',
      })
      expect([words, out.split('\n').toSorted()]).toEqual([words, here.split('\n').toSorted()])
    }
  })

  // CL-5
  it('puts things where cp puts them', async () => {
    using folder = temporaryFolder()
    const at = (...parts: string[]): string => join(folder.path, ...parts)
    const set = (): void => {
      for (const side of ['ours', 'theirs']) {
        mkdirSync(at(side, 'there'), { recursive: true })
        mkdirSync(at(side, 'tree/sub'), { recursive: true })
        writeFileSync(at(side, 'file'), 'x')
        writeFileSync(at(side, 'tree/sub/y'), 'y')
      }
    }
    set()
    const cases = [
      ['file', 'there'],
      ['file', 'there/'],
      ['file', 'new'],
      ['file', 'missing/'],
      ['tree', 'there'],
      ['-r', 'tree', 'there'],
      ['-r', 'tree/', 'new-tree'],
      ['file', 'there/file', 'there'],
      ['file', 'tree', 'nowhere'],
    ]
    for (const words of cases) {
      const expanded = (side: string): string[] =>
        words.map((word) => (word === '-r' ? word : `${folder.path}/${side}/${word}`))
      let theirs = 0
      try {
        execFileSync('cp', expanded('theirs'), { stdio: 'pipe' })
      } catch {
        theirs = 1
      }
      const { code } = await net(['cp', ...expanded('ours')])
      expect([words, Math.min(code, 1)]).toEqual([words, theirs])
      const listed = (side: string): string =>
        execFileSync('find', ['.'], { cwd: at(side), encoding: 'utf8' })
      expect([words, listed('ours').split('\n').toSorted()]).toEqual([
        words,
        listed('theirs').split('\n').toSorted(),
      ])
    }
  })

  it('refuses a target in the source, and a folder without -r, in its own words', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'in'))
    const inside = await net(['cp', '-r', folder.path, join(folder.path, 'in')])
    expect(inside).toMatchObject({ code: 2, err: expect.stringContaining('overlap') })
    expect(await net(['cp', join(folder.path, 'in'), join(folder.path, 'b')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('in is a folder; give -r to copy it'),
    })
    expect((await net(['cp', 'a'])).err).toBe('net cp: a target is missing\n')
    expect((await net(['cp', 'a', 'https://h/a'])).err).toContain('post sends data')
  })

  it('puts standard input into the place of no link, as no other copy does', async () => {
    using folder = temporaryFolder()
    const [file, link] = [join(folder.path, 'file'), join(folder.path, 'link')]
    writeFileSync(file, 'old')
    symlinkSync('file', link)
    for (const source of ['-', file]) {
      const { code, err } = await net(['cp', source, link], { stdin: 'typed' })
      expect({ source, code, err }).toMatchObject({ code: 3, err: expect.stringContaining('link') })
    }
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(file, 'utf8')).toBe('old')
  })

  it('takes standard input for -, under the name only when it has ended well', async () => {
    await using ftp = await startFtpServer()
    const { code } = await net(['cp', '-', `${ftp.url}/a.txt`], { stdin: 'typed' })
    expect([code, ftp.files.text('/a.txt'), ftp.files.paths()]).toEqual([0, 'typed', ['/a.txt']])
    ftp.fail({ on: 'STOR', do: { reply: '552 Full' } })
    expect((await net(['cp', '-', `${ftp.url}/b.txt`], { stdin: 'typed' })).code).toBe(3)
    expect(ftp.files.paths()).toEqual(['/a.txt'])
    expect((await net(['cp', '-', `${ftp.url}/`], { stdin: '' })).err).toContain(
      'needs the name of a file',
    )
  })

  it('prints full target paths with --dry-run, and changes nothing', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree'))
    writeFileSync(join(folder.path, 'tree/a'), 'x')
    const { code, out } = await net([
      'cp',
      '-r',
      '--dry-run',
      join(folder.path, 'tree'),
      join(folder.path, 'to'),
    ])
    expect(code).toBe(0)
    expect(out).toBe(`make ${join(folder.path, 'to/a')} 1 B (missing)\n`)
    expect(existsSync(join(folder.path, 'to'))).toBe(false)
    mkdirSync(join(folder.path, 'there'))
    const into = ['cp', '-r', '--dry-run', join(folder.path, 'tree'), join(folder.path, 'there')]
    expect((await net(into)).out).toContain(`make ${join(folder.path, 'there/tree/a')} 1 B`)
    await using ftp = await startFtpServer({ files: { '/in/b': '' } })
    const file = join(folder.path, 'tree/a')
    for (const [target, whole] of [
      ['in', 'in/a'],
      ['in/new', 'in/new'],
    ]) {
      const { out: planned } = await net(['cp', '--dry-run', file, `${ftp.url}/${target}`])
      expect(planned).toBe(`make ${ftp.url}/${whole} 1 B (missing)\n`)
    }
    const typed = await net(['cp', '--dry-run', '-', `${ftp.url}/in/typed`], { stdin: 'x' })
    expect(typed.out).toBe(`make ${ftp.url}/in/typed\n`)
    expect(ftp.files.paths()).toEqual(['/in/b'])
  })

  // CL-3
  it('is partly done, with a line for each failure, if one of several fails', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'good'), 'x')
    mkdirSync(join(folder.path, 'to'))
    for (const sources of [
      ['good', 'missing'],
      ['missing', 'good'],
    ]) {
      const paths = sources.map((name) => join(folder.path, name))
      const { code, err } = await net(['cp', ...paths, join(folder.path, 'to')])
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^net cp .*missing: /m) })
    }
  })

  it('sends no server the password of the other', async () => {
    const [one, other] = [
      await startFtpServer({ users: { ada: 'one' } }),
      await startFtpServer({ users: { ada: 'other' }, files: { a: 'x' } }),
    ]
    await using _one = one
    await using _other = other
    const args = [
      'cp',
      other.url.replace('//', '//ada@') + '/a',
      one.url.replace('//', '//ada@') + '/a',
    ]
    const mixed = await net(args, { env: { NET_PASSWORD: 'other' } })
    expect(mixed).toMatchObject({ code: 2, err: expect.stringContaining('NET_TARGET_PASSWORD') })
    const env = { NET_SOURCE_PASSWORD: 'other', NET_TARGET_PASSWORD: 'one' }
    expect(await net(args, { env })).toMatchObject({ code: 0 })
    expect(one.received.join('\n')).not.toContain('other')
  })

  it('sends a web server no password that is meant for another', async () => {
    await using web = await startHttpServer({ routes: { '/a': { body: 'x' } } })
    await using ftp = await startFtpServer({ users: { ada: 'love' } })
    const env = { NET_PASSWORD: 'love' }
    const copied = await net(['cp', '--user', 'ada', `${web.url}/a`, `${ftp.url}/a`], { env })
    expect(copied).toMatchObject({ code: 0 })
    expect(ftp.files.text('/a')).toBe('x')
    expect(web.received.filter(({ headers }) => 'authorization' in headers)).toEqual([])
  })

  it('gives none of several sources the password that was set', async () => {
    using folder = temporaryFolder()
    await using one = await startFtpServer({ users: { ada: 'one' }, files: { a: 'x' } })
    await using other = await startFtpServer({ users: { ada: 'other' }, files: { b: 'x' } })
    const urls = [`${one.url}/a`, `${other.url}/b`].map((url) => url.replace('//', '//ada@'))
    for (const args of [
      ['cp', ...urls, folder.path],
      ['cat', ...urls],
    ]) {
      const { code } = await net(args, { env: { NET_PASSWORD: 'one' } })
      expect(code).toBe(2)
      expect(other.received.join('\n')).not.toContain('one')
    }
  })

  it('leaves out links and says so', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree'))
    symlinkSync('/etc/hostname', join(folder.path, 'tree/link'))
    const { events } = await net([
      'cp',
      '-r',
      '--json',
      join(folder.path, 'tree'),
      join(folder.path, 'to'),
    ])
    expect(events).toContainEqual(
      expect.objectContaining({ path: 'link', action: 'skip', why: 'link' }),
    )
  })

  it('lets no source replace another one that came before it', async () => {
    using folder = temporaryFolder()
    for (const name of ['one', 'two', 'to']) mkdirSync(join(folder.path, name))
    const paths = ['one/a', 'two/a'].map((name) => join(folder.path, name))
    for (const path of paths) writeFileSync(path, path)
    const args = ['cp', ...paths, join(folder.path, 'to')]
    expect(await net(args)).toMatchObject({ code: 2, err: expect.stringContaining('name a') })
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(paths)
    expect(existsSync(join(folder.path, 'to/a'))).toBe(false)
  })
})
