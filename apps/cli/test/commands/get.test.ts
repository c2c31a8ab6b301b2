import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startFtpServer } from '@net/ftp/testing'
import { startHttpServer } from '@net/http/testing'
import { startSftpServer } from '@net/ssh/testing'
import { describe, expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

describe('net get', () => {
  it('[HTTP-06] fetches from http, ftp and sftp', async () => {
    using folder = temporaryFolder()
    await using web = await startHttpServer({ routes: { '/a': { body: 'from http\n' } } })
    await using ftp = await startFtpServer({ files: { 'a b': 'from ftp\n' } })
    await using sftp = await startSftpServer({
      files: { '/srv/a': 'from sftp\n' },
      ssh: { users: { ada: { password: 'love' } } },
    })
    const at = sftp.url.replace('ssh://', 'sftp://ada@')
    const hostKey = ['--pin', sftp.ssh.hostKey.fingerprint, '--ssh-config', 'none']
    const env = { NET_PASSWORD: 'love' }
    const urls = [`${web.url}/a`, `${ftp.url}/a%20b`, `${at}/srv/a`]
    expect(await net(['get', ...urls, ...hostKey], { env })).toEqual(
      expect.objectContaining({ code: 0, out: 'from http\nfrom ftp\nfrom sftp\n', err: '' }),
    )
    const file = join(folder.path, 'saved')
    const saved = await net(['get', `${at}/srv/a`, '-o', file, ...hostKey], { env })
    expect(saved).toMatchObject({ code: 0, err: `saved 10 B to ${file}\n` })
    expect(readFileSync(file, 'utf8')).toBe('from sftp\n')
  })

  // CL-3
  it('fails if any URL fails, in any order, with a line for each', async () => {
    await using web = await startHttpServer({ routes: { '/good': { body: 'good' } } })
    const [good, missing, nobody] = [`${web.url}/good`, `${web.url}/missing`, 'http://127.0.0.1:1/']
    for (const [urls, code, lines] of [
      [[good, missing], 1, 1],
      [[missing, good], 1, 1],
      [[missing, missing], 3, 2],
      [[nobody, missing], 1, 2],
      [[missing], 3, 1],
      [[nobody], 4, 1],
    ] as const) {
      const ended = await net(['get', '--retry', '0', ...urls])
      expect(ended.code).toBe(code)
      expect(ended.err.match(/^net get/gm)).toHaveLength(lines)
    }
  })

  it('shows the page of a 404', async () => {
    await using web = await startHttpServer({
      routes: { '/a': { status: 404, body: 'no\u001b such page' } },
    })
    const { err, out } = await net(['get', `${web.url}/a`])
    expect(out).toBe('')
    expect(err).toMatch(/^net get: .*404.*\n {2}no\\x1b such page\n$/)
  })

  it('says what is wrong with its arguments', async () => {
    expect((await net(['get', 'example.com/a'])).err).toBe(
      'net get: example.com/a has no protocol: give https://example.com/a, or another\n',
    )
    expect((await net(['get', 'file:///etc/hostname'])).err).toContain('cat prints files')
    expect((await net(['get', 'http://a', 'http://b', '-o', 'x'])).err).toContain('give -O')
    expect((await net(['get', 'http://h', '-u', 'ada:love'])).err).toContain(
      '--user takes a name alone',
    )
  })

  it('sends headers, and the password of the environment', async () => {
    await using web = await startHttpServer({
      routes: { '/a': (request) => ({ body: JSON.stringify(request.headers) }) },
    })
    const { out } = await net(['get', `${web.url}/a`, '-H', 'X-One: 1', '-u', 'ada'], {
      env: { NET_PASSWORD: 'love' },
    })
    expect(JSON.parse(out)).toMatchObject({
      'x-one': '1',
      authorization: `Basic ${Buffer.from('ada:love').toString('base64')}`,
    })
  })

  it('does not replace a file with -O without --force', async () => {
    using folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder.path)
    try {
      writeFileSync('a', 'old')
      await using ftp = await startFtpServer({ files: { 'in/a': 'new' } })
      expect(await net(['get', '-O', `${ftp.url}/in/a`])).toMatchObject({ code: 3 })
      expect(await net(['get', '-O', '--force', `${ftp.url}/in/a`])).toMatchObject({ code: 0 })
      expect(readFileSync('a', 'utf8')).toBe('new')
    } finally {
      process.chdir(before)
    }
  })

  // CL-2
  it.each(['http', 'http without ranges', 'ftp', 'sftp'])(
    'goes on with what an earlier run left of that very file, and with nothing else: %s',
    async (kind) => {
      using folder = temporaryFolder()
      const body = Array.from({ length: 40_000 }, (_, at) => String(at).padStart(5, '0')).join('')
      await using web = await startHttpServer({
        routes: {
          '/http': { body, ranges: true, headers: { etag: '"1"' } },
          '/http%20without%20ranges': { body, headers: { etag: '"1"' } },
        },
      })
      await using ftp = await startFtpServer({ files: { '/ftp': body } })
      await using sftp = await startSftpServer({
        files: { '/sftp': body },
        ssh: { users: { ada: { password: 'love' } } },
      })
      const name = encodeURIComponent(kind)
      const place = { ftp: ftp.url, sftp: sftp.url.replace('ssh://', 'sftp://ada@') }[kind]
      const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none']
      const file = join(folder.path, 'saved')
      const args = ['get', '--resume', '--retry', '0', ...login, '-o', file]
      args.push(`${place ?? web.url}/${name}`)
      const env = { NET_PASSWORD: 'love' }
      const text = (): string => readFileSync(file, 'utf8')
      web.fail({ after: 120_000, do: 'drop', times: 1 })
      ftp.fail({ on: 'RETR', after: 120_000, do: 'reset' })
      sftp.fail({ on: 'READ', after: 1, do: 'drop' })
      expect((await net(args, { env })).code).not.toBe(0)
      expect(existsSync(file)).toBe(false)
      expect((await net(args, { env })).code).toBe(0)
      expect(text() === body).toBe(true)
      expect(existsSync(`${file}.part`)).toBe(false)
      // A part that is longer than the file, or of nobody knows what: an error or the file, and never both in one.
      for (const left of [`${body}tail`, 'x'.repeat(1000)]) {
        writeFileSync(`${file}.part`, left)
        const { code, err } = await net(args, { env })
        expect(text() === body).toBe(true)
        if (code === 0) continue
        expect(err).toContain(`has ${left.length} bytes`)
        rmSync(`${file}.part`)
      }
    },
  )

  // CL-2
  it.each(['http', 'ftp', 'sftp'])(
    'asks whether what is there is complete with --resume, and fetches nothing then: %s',
    async (kind) => {
      using folder = temporaryFolder()
      const modified = new Date(Date.UTC(2026, 1, 3, 4, 5, 6))
      const headers = { 'last-modified': modified.toUTCString() }
      using served = temporaryFolder()
      writeFileSync(join(served.path, 'a'), 'content')
      utimesSync(join(served.path, 'a'), modified, modified)
      await using web = await startHttpServer({
        routes: { '/a': { body: 'content', ranges: true, headers } },
      })
      await using ftp = await startFtpServer({ files: { '/a': 'content' } })
      await using sftp = await startSftpServer({
        folder: served.path,
        ssh: { users: { ada: { password: 'love' } } },
      })
      ftp.files.setModified('/a', modified.getTime())
      const place = { ftp: ftp.url, sftp: sftp.url.replace('ssh://', 'sftp://ada@') }[kind]
      const login = ['--dangerously-accept-any-host-key', '--ssh-config', 'none']
      const file = join(folder.path, 'a')
      const env = { NET_PASSWORD: 'love' }
      const url = `${place ?? web.url}/a`
      const get = (...args: readonly string[]) =>
        net(['get', '--retry', '0', ...login, ...args, '-o', file, url], { env })
      const fetched = (): number =>
        web.received.filter(({ method }) => method === 'GET').length +
        ftp.received.filter((line) => line.startsWith('RETR')).length +
        sftp.requests.filter((line) => line.startsWith('READ')).length
      const found = () => {
        const { ino, mtimeMs } = statSync(file)
        return { text: readFileSync(file, 'utf8'), ino, mtimeMs }
      }

      expect(await get()).toMatchObject({ code: 0, err: `saved 7 B to ${file}\n` })
      expect(statSync(file).mtime).toEqual(modified)
      const [before, times] = [found(), fetched()]
      expect(await get('--resume')).toMatchObject({ code: 0, err: `${file} is complete\n` })
      expect((await get('--resume', '--json')).events).toEqual([
        { type: 'saved', file, size: 7, url },
      ])
      expect([found(), fetched()]).toMatchObject([
        { text: 'content', ino: before.ino, mtimeMs: before.mtimeMs },
        times,
      ])
      // A longer one is not the beginning of anything.
      writeFileSync(file, 'content, and more')
      expect(await get('--resume')).toMatchObject({
        code: expect.toSatisfy((code: number) => code !== 0),
        err: expect.stringContaining('has 17 bytes, more than'),
      })
      const told = await get('--resume', '--json')
      expect(JSON.stringify(told.events)).toContain('NET_SIZE_MISMATCH')
      expect([found().text, fetched()]).toEqual(['content, and more', times])
      expect(await get('--resume', '--force')).toMatchObject({ code: 0 })
      expect(found()).toMatchObject({ text: 'content', mtimeMs: modified.getTime() })
      // Another file, or one of another time, is not taken for it.
      for (const other of ['another', 'cont']) {
        writeFileSync(file, other)
        expect(await get('--resume')).toMatchObject({ code: 0, err: `saved 7 B to ${file}\n` })
        expect(found()).toMatchObject({ text: 'content', mtimeMs: modified.getTime() })
      }
    },
  )

  it('with -O and --resume takes what is complete, and replaces nothing else', async () => {
    using folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder.path)
    try {
      const headers = { 'last-modified': new Date(Date.UTC(2026, 1, 3)).toUTCString() }
      await using web = await startHttpServer({ routes: { '/a': { body: 'new', headers } } })
      await using ftp = await startFtpServer({ files: { 'in/b': 'new' } })
      for (const [url, name] of [
        [`${web.url}/a`, 'a'],
        [`${ftp.url}/in/b`, 'b'],
      ] as const) {
        expect(await net(['get', '-O', url])).toMatchObject({ code: 0 })
        expect(await net(['get', '-O', '--resume', url])).toMatchObject({
          code: 0,
          err: `${name} is complete\n`,
        })
        writeFileSync(name, 'old')
        expect(await net(['get', '-O', '--resume', url])).toMatchObject({
          code: 3,
          err: expect.stringContaining('--force replaces it'),
        })
        expect(readFileSync(name, 'utf8')).toBe('old')
      }
    } finally {
      process.chdir(before)
    }
  })

  it('saves no two documents under one name', async () => {
    for (const other of ['http://other.example/a?x', 'http://other.example/%61']) {
      const urls = ['http://one.example/in/a', other]
      expect(await net(['get', '-O', '--force', ...urls])).toMatchObject({
        code: 2,
        err: expect.stringContaining('name a'),
      })
    }
  })

  it('saves no two documents under one name that their servers give', async () => {
    using folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder.path)
    try {
      const headers = { 'content-disposition': 'attachment; filename=report.csv' }
      await using web = await startHttpServer({
        routes: { '/1': { body: 'one', headers }, '/2': { body: 'two', headers } },
      })
      const urls = [`${web.url}/1`, `${web.url}/2`]
      expect(await net(['get', '-J', '--force', ...urls])).toMatchObject({
        code: 1,
        err: expect.stringContaining('report.csv was saved for another of the URLs'),
      })
      expect(readFileSync('report.csv', 'utf8')).toBe('one')
      expect(await net(['get', '-J', '--force', urls[1]!])).toMatchObject({ code: 0 })
      expect(readFileSync('report.csv', 'utf8')).toBe('two')
    } finally {
      process.chdir(before)
    }
  })

  it('changes nothing with --dry-run, wherever the document is', async () => {
    using folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder.path)
    try {
      writeFileSync('a', 'old')
      await using ftp = await startFtpServer({ files: { a: 'new' } })
      const args = ['get', '--dry-run', '-O', '--force', `${ftp.url}/a`]
      expect(await net(args)).toMatchObject({ code: 0, out: `get ${ftp.url}/a as a\n` })
      expect(readFileSync('a', 'utf8')).toBe('old')
      expect((await net(['get', '--dry-run', '--json', `${ftp.url}/a`])).events).toEqual([
        { type: 'request', method: 'GET', url: `${ftp.url}/a` },
      ])
    } finally {
      process.chdir(before)
    }
  })

  it('prints a file of ftp as a document of http: harmless on a terminal, as an object with --json', async () => {
    const bytes = Uint8Array.of(0xff, 0)
    await using ftp = await startFtpServer({ files: { text: 'a\u001b[2J\n', bytes } })
    const url = `${ftp.url}/text`
    expect((await net(['get', url], { columns: 80 })).out).toBe('a\\x1b[2J\n')
    expect((await net(['get', '--raw', url], { columns: 80 })).out).toBe('a\u001b[2J\n')
    expect((await net(['get', url])).out).toBe('a\u001b[2J\n')
    const { events } = await net(['get', '--json', url, `${ftp.url}/bytes`])
    expect(events).toEqual([
      { type: 'file', url, body: 'a\u001b[2J\n' },
      { type: 'file', url: `${ftp.url}/bytes`, raw: '/wA=' },
    ])
  })
})
