import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

describe('net rm', () => {
  it('removes files, and folders with -r', async () => {
    await using ftp = await startFtpServer({ files: { a: '', 'in/b': '' } })
    expect(await net(['rm', `${ftp.url}/a`])).toMatchObject({ code: 0, out: '', err: '' })
    expect(await net(['rm', `${ftp.url}/in`])).toMatchObject({
      code: 2,
      err: 'net rm: in is a folder: give -r\n',
    })
    expect(await net(['rm', '-r', '--dry-run', `${ftp.url}/in`])).toMatchObject({
      code: 0,
      out: `remove ${ftp.url}/in\n`,
    })
    expect(ftp.files.paths()).toEqual(['/in/b'])
    expect(await net(['rm', '-r', `${ftp.url}/in`])).toMatchObject({ code: 0 })
    expect(ftp.files.paths()).toEqual([])
    expect(await net(['rm', `${ftp.url}/a`])).toMatchObject({ code: 3 })
    expect(await net(['rm', '-r', ftp.url])).toMatchObject({ code: 2 })
  })

  // CL-5
  it('prints whole paths with --dry-run, also those of a pattern, and removes nothing', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'in/a b'), { recursive: true })
    const local = ['rm', '-r', '--dry-run', '--glob', join(folder.path, 'in/*')]
    expect(await net(local)).toMatchObject({
      code: 0,
      out: `remove ${join(folder.path, 'in/a b')}\n`,
    })
    await using ftp = await startFtpServer({ files: { 'in/a b': '', 'in/c': '' } })
    expect((await net(['rm', '--dry-run', '--glob', `${ftp.url}/in/*`])).out).toBe(
      `remove ${ftp.url}/in/a%20b\nremove ${ftp.url}/in/c\n`,
    )
    expect((await net(['rm', '--dry-run', `${ftp.url}/%2Fin/c`])).out).toBe(
      `remove ${ftp.url}/%2Fin/c\n`,
    )
    expect(existsSync(join(folder.path, 'in/a b'))).toBe(true)
    expect(ftp.files.paths()).toEqual(['/in/a b', '/in/c'])
  })

  // CL-6
  it('asks before a pattern removes several, or needs --yes', async () => {
    await using ftp = await startFtpServer({ files: { 'a[1].txt': '', 'b.txt': '', 'c.csv': '' } })
    const args = ['rm', '--glob', `${ftp.url}/*.txt`]
    expect(await net(args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        '2 entries (a[1].txt, b.txt), and there is no terminal to ask at: give --yes',
      ),
    })
    expect(await net(args, { keys: 'n\r' })).toMatchObject({
      code: 2,
      asked: 'remove 2 entries (a[1].txt, b.txt)? [y/N] n\n',
    })
    expect(ftp.files.paths()).toHaveLength(3)
    expect(await net(args, { keys: 'y\r' })).toMatchObject({ code: 0 })
    expect(ftp.files.paths()).toEqual(['/c.csv'])
    expect(await net(args)).toMatchObject({ code: 3, err: expect.stringContaining('nothing fits') })
    expect(await net(['rm', `${ftp.url}/*.csv`])).toMatchObject({ code: 3 })
    expect(await net(['rm', '--glob', `${ftp.url}/%3F.csv`])).toMatchObject({ code: 0 })
  })

  // CL-3
  it('removes what it can, and fails for the rest', async () => {
    await using ftp = await startFtpServer({ files: { a: '', b: '' } })
    expect(await net(['rm', `${ftp.url}/a`, `${ftp.url}/none`, `${ftp.url}/b`])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^net rm none: .*\n$/),
    })
    expect(ftp.files.paths()).toEqual([])
  })

  it('does not remove a folder by a name that only says where it is', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'in'))
    for (const name of ['.', '..', 'in/..', 'in/./']) {
      const given = `${folder.path}/${name}`
      expect(await net(['rm', '-r', given])).toMatchObject({ code: 2 })
    }
    expect(existsSync(join(folder.path, 'in'))).toBe(true)
  })
})
