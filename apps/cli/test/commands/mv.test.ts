import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
    expect(await net(['mv', '--dry-run', a, b])).toMatchObject({ code: 0 })
    expect(existsSync(a)).toBe(true)
    expect(await net(['mv', a, b])).toMatchObject({ code: 0 })
    expect([existsSync(a), readFileSync(b, 'utf8')]).toEqual([false, 'x'])
    expect((await net(['mv', b, join(folder.path, 'none/')])).code).toBe(3)
    expect((await net(['mv', 'http://h/a', folder.path])).code).toBe(2)
  })
})
