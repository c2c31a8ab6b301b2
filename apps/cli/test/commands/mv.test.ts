import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { MemoryFiles } from '@net/core/testing'
import { startFtpServer } from '@net/ftp/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

describe('net mv', () => {
  it('renames within a server, and into a folder that is there', async () => {
    await using ftp = await startFtpServer({ files: { a: 'x', 'in/c': 'z' } })
    expect(await net(['mv', `${ftp.url}/a`, `${ftp.url}/b`])).toMatchObject({
      code: 0,
      out: '',
      err: '',
    })
    expect(await net(['mv', `${ftp.url}/b`, `${ftp.url}/in`])).toMatchObject({ code: 0 })
    expect(ftp.files.paths()).toEqual(['/in/b', '/in/c'])
    expect(ftp.received.join('\n')).not.toContain('RETR')
  })

  it('copies to another server, and removes the source when all of it is there', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree'))
    writeFileSync(join(folder.path, 'tree/a'), 'x')
    await using ftp = await startFtpServer()
    expect((await net(['mv', join(folder.path, 'tree'), `${ftp.url}/`])).code).toBe(0)
    expect(ftp.files.paths()).toEqual(['/tree/a'])
    expect(existsSync(join(folder.path, 'tree'))).toBe(false)
  })

  it('keeps the source where something was left out or failed', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree'))
    for (const name of ['a', 'b.log']) writeFileSync(join(folder.path, 'tree', name), 'x')
    await using ftp = await startFtpServer()
    const tree = join(folder.path, 'tree')
    const { code, err } = await net(['mv', '--exclude', '*.log', tree, `${ftp.url}/`])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('stays where it is') })
    expect(existsSync(join(tree, 'a'))).toBe(true)
    await using full = await startFtpServer({ quota: 0 })
    expect((await net(['mv', '--retry', '0', tree, `${full.url}/`])).code).toBeGreaterThan(0)
    expect(existsSync(join(tree, 'a'))).toBe(true)
  })

  it('replaces nothing without --force', async () => {
    await using ftp = await startFtpServer({ files: { a: 'new', b: 'old' } })
    const args = ['mv', `${ftp.url}/a`, `${ftp.url}/b`]
    expect(await net(args)).toMatchObject({ code: 3, err: expect.stringContaining('--force') })
    expect(await net([...args, '--force'])).toMatchObject({ code: 0 })
    expect(ftp.files.text('/b')).toBe('new')
  })

  it('moves local files, and prints what it would do with --dry-run', async () => {
    using folder = temporaryFolder()
    const [a, b] = [join(folder.path, 'a'), join(folder.path, 'sub/b')]
    mkdirSync(join(folder.path, 'sub'))
    writeFileSync(a, 'x')
    expect(await net(['mv', '--dry-run', a, b])).toMatchObject({
      code: 0,
      out: `rename ${a} to ${b}\n`,
    })
    const into = await net(['mv', '--dry-run', a, join(folder.path, 'sub')])
    expect(into.out).toBe(`rename ${a} to ${join(folder.path, 'sub/a')}\n`)
    expect(existsSync(a)).toBe(true)
    expect(await net(['mv', a, b])).toMatchObject({ code: 0 })
    expect([existsSync(a), readFileSync(b, 'utf8')]).toEqual([false, 'x'])
    expect((await net(['mv', b, join(folder.path, 'none/')])).code).toBe(3)
    expect((await net(['mv', 'http://h/a', folder.path])).code).toBe(2)
  })

  // CL-5
  it('prints whole paths with --dry-run, on one server and from one place to another', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree'))
    writeFileSync(join(folder.path, 'tree/a'), 'x')
    await using ftp = await startFtpServer({ files: { 'in/b': 'y', c: 'z' } })
    const within = await net(['mv', '--dry-run', `${ftp.url}/c`, `${ftp.url}/in`])
    expect(within).toMatchObject({ code: 0, out: `rename ${ftp.url}/c to ${ftp.url}/in/c\n` })
    const up = await net(['mv', '--dry-run', join(folder.path, 'tree'), `${ftp.url}/in`])
    expect(up.code).toBe(0)
    expect(up.out).toContain(`make ${ftp.url}/in/tree/a 1 B`)
    const down = await net(['mv', '--dry-run', `${ftp.url}/in/b`, join(folder.path, 'new')])
    expect(down.out).toBe(`make ${join(folder.path, 'new')} 1 B (missing)\n`)
    expect(ftp.files.paths()).toEqual(['/c', '/in/b'])
    expect(existsSync(join(folder.path, 'tree/a'))).toBe(true)
  })

  it('renames local files from folder to folder, whatever comes into them meanwhile', async () => {
    using folder = temporaryFolder()
    const [tree, to] = [join(folder.path, 'one/tree'), join(folder.path, 'two')]
    mkdirSync(tree, { recursive: true })
    mkdirSync(to)
    writeFileSync(join(tree, 'a'), 'x')
    const { ino } = statSync(tree)
    const { code, events } = await net(['mv', '--json', tree, to])
    expect([code, events]).toMatchObject([0, [{ action: 'rename' }]])
    expect(statSync(join(to, 'tree')).ino).toBe(ino)
  })

  it('removes no file that the target is by another name of its server', async () => {
    await using ftp = await startFtpServer({ files: { a: 'x', b: 'y', 'in/a': 'old' } })
    const alias = ftp.url.replace('127.0.0.1', 'localhost')
    for (const target of [`${alias}/a`, `${alias}/`]) {
      const { code, err } = await net(['mv', '--force', `${ftp.url}/a`, target])
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('is the same file') })
      expect(ftp.files.text('/a')).toBe('x')
    }
    expect((await net(['mv', '--force', `${ftp.url}/a`, `${alias}/in/a`])).code).toBe(0)
    expect(ftp.files.paths()).toEqual(['/b', '/in/a'])
    expect(ftp.files.text('/in/a')).toBe('x')
  })

  it('does not take a target for the source by its size and time alone', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'a')
    writeFileSync(path, 'new')
    await using ftp = await startFtpServer({ files: { a: 'old' } })
    ftp.files.setModified('/a', 1_600_000_000_000)
    utimesSync(path, 1_600_000_000, 1_600_000_000)
    expect(await net(['mv', '--force', path, `${ftp.url}/a`])).toMatchObject({ code: 0 })
    expect(ftp.files.text('/a')).toBe('new')
    expect(existsSync(path)).toBe(false)
  })

  it('keeps a source that was not sent because the target is newer', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'a')
    writeFileSync(path, 'mine')
    utimesSync(path, 1_500_000_000, 1_500_000_000)
    await using ftp = await startFtpServer({ files: { a: 'newer' } })
    const args = ['mv', '--force', '--newer', path, `${ftp.url}/a`]
    expect(await net(args)).toMatchObject({ code: 1, err: expect.stringContaining('stays') })
    expect([readFileSync(path, 'utf8'), ftp.files.text('/a')]).toEqual(['mine', 'newer'])
  })

  it('keeps a folder into which something came while it was copied', async () => {
    using folder = temporaryFolder()
    const tree = join(folder.path, 'tree')
    mkdirSync(tree)
    writeFileSync(join(tree, 'a'), 'x')
    class Slow extends MemoryFiles {
      override write(...args: Parameters<MemoryFiles['write']>): void {
        writeFileSync(join(tree, 'late'), 'y')
        super.write(...args)
      }
    }
    await using ftp = await startFtpServer({ files: new Slow() })
    const { code, err } = await net(['mv', tree, `${ftp.url}/to`])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('has changed') })
    expect(readFileSync(join(tree, 'late'), 'utf8')).toBe('y')
  })

  it('moves from one account to another of one server, and not within the first', async () => {
    const users = { ada: 'love', bob: 'love' }
    await using ftp = await startFtpServer({ users, files: { a: 'x' } })
    const of = (user: string): string => ftp.url.replace('//', `//${user}@`)
    const env = { NET_SOURCE_PASSWORD: 'love', NET_TARGET_PASSWORD: 'love' }
    const moved = await net(['mv', `${of('ada')}/a`, `${of('bob')}/b`], { env })
    expect(moved).toMatchObject({ code: 0 })
    expect(ftp.received.join('\n')).toContain('RETR a')
    const twice = ['mv', '--force', `${of('ada')}/a`, `${of('ada')}/%2Fa`]
    expect(await net(twice, { env: { NET_PASSWORD: 'love' } })).toMatchObject({
      code: 2,
      err: expect.stringContaining('from the root'),
    })
  })

  it('lets no source replace another one that came before it', async () => {
    using folder = temporaryFolder()
    for (const name of ['one', 'two', 'to']) mkdirSync(join(folder.path, name))
    const paths = ['one/a', 'two/a'].map((name) => join(folder.path, name))
    for (const path of paths) writeFileSync(path, path)
    const args = ['mv', '--force', ...paths, join(folder.path, 'to')]
    expect(await net(args)).toMatchObject({ code: 2, err: expect.stringContaining('name a') })
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(paths)
    expect(existsSync(join(folder.path, 'to/a'))).toBe(false)
  })
})
