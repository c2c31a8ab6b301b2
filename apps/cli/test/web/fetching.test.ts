import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { startSftpServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

describe('a document', () => {
  it('is saved with -o, over what was there', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a')
    writeFileSync(file, 'a longer old text')
    await using server = await startHttpServer({ routes: { '/': { body: 'new' } } })
    expect(await net(['get', `${server.url}/`, '-o', file])).toMatchObject({
      code: 0,
      out: '',
      err: `saved 3 B to ${file}\n`,
    })
    expect(readFileSync(file, 'utf8')).toBe('new')
    const { events } = await net(['get', '--json', `${server.url}/`, '-o', file])
    expect(events).toEqual([{ type: 'saved', file, size: 3, url: `${server.url}/` }])
  })

  it('never takes the name of a file that is there without --force', async () => {
    using folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder.path)
    try {
      await using server = await startHttpServer({
        routes: {
          '/dir/a.txt': {
            body: 'new',
            headers: { 'content-disposition': 'attachment; filename="../b.txt"' },
          },
          '/moved': {
            status: 302,
            headers: {
              location: '/there',
              'content-disposition': 'attachment; filename=d.txt',
            },
          },
          '/there': { body: 'there' },
          '/gone': {
            status: 404,
            headers: { 'content-disposition': 'attachment; filename=c.txt' },
          },
        },
      })
      writeFileSync('a.txt', 'old')
      writeFileSync('b.txt', 'old')
      const url = `${server.url}/dir/a.txt?key=1`
      for (const options of [['-O'], ['-O', '--resume'], ['--remote-name']]) {
        const { code, err } = await net(['get', ...options, url])
        expect({ code, err }).toMatchObject({
          code: 3,
          err: expect.stringContaining('--force replaces it'),
        })
      }
      expect([readFileSync('a.txt', 'utf8'), readFileSync('b.txt', 'utf8')]).toEqual(['old', 'old'])
      expect(await net(['get', '-O', '--force', url])).toMatchObject({ code: 0 })
      expect(await net(['get', '-J', '--force', url])).toMatchObject({ code: 0 })
      expect([readFileSync('a.txt', 'utf8'), readFileSync('b.txt', 'utf8')]).toEqual(['new', 'new'])
      expect(await net(['get', '-J', `${server.url}/gone`])).toMatchObject({ code: 3 })
      expect(existsSync('c.txt')).toBe(false)
      expect((await net(['get', '-J', '--resume', url])).err).toContain(
        'needs a name that is known before',
      )
      // Of a redirect only the last answer has a name to give.
      expect(await net(['get', '-J', '-L', `${server.url}/moved`])).toMatchObject({ code: 0 })
      expect(existsSync('d.txt')).toBe(false)
      expect(readFileSync('moved', 'utf8')).toBe('there')
    } finally {
      process.chdir(before)
    }
  })

  // CL-1
  it('comes once to a pipe, whatever was repeated before', async () => {
    await using server = await startHttpServer({ routes: { '/': { body: 'payload' } } })
    server.fail({
      do: { reply: { status: 503, body: 'ERRORPAGE', headers: { 'retry-after': '0' } } },
    })
    expect(await net(['get', `${server.url}/`])).toMatchObject({ code: 0, out: 'payload' })
    await using long = await startHttpServer({ routes: { '/': { body: 'x'.repeat(100_000) } } })
    long.fail({ after: 50_000, do: 'drop' })
    const { code, out } = await net(['get', `${long.url}/`])
    expect(code).toBe(8)
    expect(out.length).toBeLessThan(100_000)
  })

  // CL-1
  it.each(['http with ranges', 'ftp', 'sftp'])(
    'that is cut in the middle comes to a pipe without a byte twice, or fails: %s',
    async (kind) => {
      const body = Array.from({ length: 20_000 }, (_, at) => String(at).padStart(5, '0')).join('')
      const headers = { etag: '"1"' }
      await using web = await startHttpServer({ routes: { '/a': { body, ranges: true, headers } } })
      await using ftp = await startFtpServer({ files: { '/a': body } })
      await using sftp = await startSftpServer({
        files: { '/a': body },
        ssh: { users: { ada: { password: 'love' } } },
      })
      web.fail({ after: 50_000, do: 'drop' })
      ftp.fail({ on: 'RETR', after: 50_000, do: 'reset' })
      sftp.fail({ on: 'READ', after: 1, do: 'drop' })
      const url = {
        'http with ranges': `${web.url}/a`,
        ftp: `${ftp.url}/a`,
        sftp: `${sftp.url.replace('ssh://', 'sftp://ada@')}/a`,
      }[kind]!
      const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none']
      const { code, out } = await net(['get', ...login, url], { env: { NET_PASSWORD: 'love' } })
      expect(body.startsWith(out)).toBe(true)
      if (code === 0) expect(out === body).toBe(true)
    },
  )

  // CL-2
  it('is resumed only behind bytes of its own', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a')
    const body = 'x'.repeat(60_000) + 'y'.repeat(60_000)
    await using server = await startHttpServer({
      routes: { '/': { body, ranges: true, headers: { etag: '"1"' } } },
    })
    server.fail({ after: 70_000, do: 'drop', times: 1 })
    const args = ['get', '--resume', '--retry', '0', `${server.url}/`, '-o', file]
    expect(await net(args)).toMatchObject({ code: 8 })
    expect(existsSync(file)).toBe(false)
    expect(await net(args)).toMatchObject({ code: 0 })
    expect(readFileSync(file, 'utf8') === body).toBe(true)
    expect(server.received.at(-1)?.headers.range).toMatch(/^bytes=\d{4,}-/)
  })

  it('is only printed as a request with --dry-run', async () => {
    await using server = await startHttpServer()
    const { code, out } = await net(['post', '--dry-run', '-d', 'a=1', `${server.url}/x`])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^curl .*\/x/) })
    expect(server.received).toEqual([])
  })

  it('shows its progress on a terminal while it is saved', async () => {
    using folder = temporaryFolder()
    await using server = await startHttpServer({ routes: { '/': { body: 'x'.repeat(100_000) } } })
    const { err } = await net(['get', `${server.url}/`, '-o', join(folder.path, 'a')], {
      columns: 40,
    })
    expect(err).toMatch(/: 97\.7 KiB of 97\.7 KiB, .*\/s\nsaved 97\.7 KiB/)
  })
})
