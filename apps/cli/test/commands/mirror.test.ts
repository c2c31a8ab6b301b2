import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { startSftpServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

describe('net mirror', () => {
  it('makes one folder like another, a slash at the end or not', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'tree/sub'), { recursive: true })
    writeFileSync(join(folder.path, 'tree/sub/a'), 'x')
    await using ftp = await startFtpServer()
    for (const [from, to] of [
      ['', ''],
      ['/', ''],
      ['', '/'],
      ['/', '/'],
    ]) {
      const { code } = await net([
        'mirror',
        `${join(folder.path, 'tree')}${from}`,
        `${ftp.url}/to${to}`,
      ])
      expect(code).toBe(0)
      expect(ftp.files.paths()).toEqual(['/to/sub/a'])
    }
  })

  it('mirrors down, excludes on both sides, removes with --delete alone', async () => {
    using folder = temporaryFolder()
    await using sftp = await startSftpServer({
      files: { '/srv/a': '1', '/srv/b': '2', '/srv/c.log': '3' },
      ssh: { users: { ada: { password: 'love' } } },
    })
    const to = join(folder.path, 'to')
    mkdirSync(to)
    for (const name of ['a', 'old', 'd.log']) writeFileSync(join(to, name), 'old text')
    const from = `${sftp.url.replace('ssh://', 'sftp://ada@')}/srv`
    const args = [
      'mirror',
      '--exclude',
      '*.log',
      '--pin',
      sftp.ssh.hostKey.fingerprint,
      '--ssh-config',
      'none',
      from,
      to,
    ]
    const env = { NET_PASSWORD: 'love' }
    expect(await net(args, { env })).toMatchObject({ code: 0 })
    expect(readdirSync(to).toSorted()).toEqual(['a', 'b', 'd.log', 'old'])
    expect(await net([...args, '--delete'], { env })).toMatchObject({ code: 0 })
    expect(readdirSync(to).toSorted()).toEqual(['a', 'b', 'd.log'])
  })

  it('refuses to remove more than half, and names the option', async () => {
    using folder = temporaryFolder()
    for (const name of ['from', 'to']) mkdirSync(join(folder.path, name))
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder.path, 'to', name), '')
    const args = ['mirror', join(folder.path, 'from'), join(folder.path, 'to'), '--delete']
    const { code, err } = await net(args)
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('give --delete 3 or --delete all'),
    })
    expect(existsSync(join(folder.path, 'to/a'))).toBe(true)
    expect(await net([...args, 'all', '--dry-run'])).toMatchObject({
      code: 0,
      out: expect.stringContaining(`remove ${join(folder.path, 'to/a')} 0 B (not in the source)\n`),
    })
    expect(await net([...args, '3'])).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder.path, 'to'))).toEqual([])
  })

  it('knows no folders of web servers', async () => {
    expect(await net(['mirror', 'https://h/', '/tmp/x'])).toMatchObject({ code: 2 })
  })
})
