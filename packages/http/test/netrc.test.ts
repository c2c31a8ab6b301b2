import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { nextId, redact } from '@net/core/authoring'
import { createClient, netrc, readNetrc } from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

function basicOf(login: string, password: string): string {
  return `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`
}

test('[HTTP-38] the host of the request gets its login, other hosts get none', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'netrc')
  await writeFile(file, 'machine 127.0.0.1 login ada password lovelace\n', { mode: 0o600 })
  await using server = await startHttpServer()
  await using api = createClient({ baseUrl: server.url, auth: netrc({ file }) })
  await api.get('/json')
  await api.get('/json', { headers: { authorization: 'Mine' } })
  await using other = createClient({
    baseUrl: server.url.replace('127.0.0.1', 'localhost'),
    auth: netrc({ file }),
  })
  await other.get('/json')
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
    basicOf('ada', 'lovelace'),
    'Mine',
    undefined,
  ])
})

test('a file that another program is just writing is read again', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'netrc')
  await writeFile(file, 'machine 127.0.0.1 login', { mode: 0o600 })
  await using server = await startHttpServer()
  await using api = createClient({ baseUrl: server.url, auth: netrc({ file }) })
  await expect(api.get('/json')).rejects.toMatchObject({ code: 'NET_BAD_CONFIG' })
  await writeFile(file, 'machine 127.0.0.1 login ada password lovelace\n')
  await api.get('/json')
  expect(server.received[0]?.headers.authorization).toBe(basicOf('ada', 'lovelace'))
})

test('the file is the one in NETRC, and may be missing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'mine')
  await writeFile(file, 'default login ada password lovelace\n', { mode: 0o600 })
  vi.stubEnv('NETRC', file)
  await using server = await startHttpServer()
  await using api = createClient({ baseUrl: server.url, auth: netrc() })
  await api.get('/json')
  vi.stubEnv('NETRC', undefined)
  vi.stubEnv('HOME', folder.path)
  await using without = createClient({ baseUrl: server.url, auth: netrc() })
  await without.get('/json')
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
    basicOf('ada', 'lovelace'),
    undefined,
  ])
})

test('a named file that does not exist is an error, and so is one that is not a netrc file', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const hidden = canary('netrc-word')
  await using server = await startHttpServer()
  const missing = createClient({ auth: netrc({ file: join(folder.path, 'not-there') }) })
  await expect(missing.get(server.url)).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  const file = join(folder.path, 'broken')
  await writeFile(file, `password ${hidden}`, { mode: 0o600 })
  const broken = createClient({ auth: netrc({ file }) })
  const error: unknown = await broken.get(server.url).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_BAD_CONFIG', protocol: 'http' })
  expectNoCanary([error])
  expect(server.received).toEqual([])
})

test('a file that others can read is a warning', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'netrc')
  await writeFile(file, 'default login ada password lovelace\n', { mode: 0o644 })
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  await using server = await startHttpServer()
  await using api = createClient({ auth: netrc({ file }) })
  await api.get(`${server.url}/json`)
  await api.get(`${server.url}/json`)
  expect(warnings.mock.calls.map(([, options]) => options)).toEqual([{ code: 'NET_NETRC_SHARED' }])
})

test('a redirect to another origin gets nothing of it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'netrc')
  await writeFile(file, 'default login ada password lovelace\n', { mode: 0o600 })
  await using target = await startHttpServer()
  await using server = await startHttpServer()
  server.fail({ do: { reply: { status: 302, headers: { location: `${target.url}/json` } } } })
  await using api = createClient({ auth: netrc({ file }) })
  await api.get(`${server.url}/json`)
  expect(server.received[0]?.headers.authorization).toBe(basicOf('ada', 'lovelace'))
  expect(target.received[0]?.headers.authorization).toBeUndefined()
})

test('a password of the file is struck out of the texts of the client that uses it, and of no other’s', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'netrc')
  const text =
    'machine 127.0.0.1 login ada password used-of-netrc\ndefault login ada password spare-of-netrc\n'
  await writeFile(file, text, { mode: 0o600 })
  await using server = await startHttpServer()
  const auth = netrc({ file })
  await using api = createClient({ baseUrl: server.url, auth })
  await api.get('/json')
  const told = async (): Promise<string> => {
    const path = '/status/404?of=used-of-netrc,spare-of-netrc'
    return api.get(path).then(String, (error: Error) => error.message)
  }
  expect(await told()).toContain('of=[secret],spare-of-netrc')
  for (const password of ['used-of-netrc', 'spare-of-netrc']) {
    expect(redact(`<${password}>`, [nextId()])).toBe(`<${password}>`)
    expect(redact(`<${password}>`)).toBe('<[secret]>')
  }
})

test.each(['default\n', 'machine 127.0.0.1\n', 'machine 127.0.0.1 account x\n'])(
  'an entry with neither login nor password logs nobody in: %j',
  async (text) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
    const file = join(folder.path, 'netrc')
    await writeFile(file, text, { mode: 0o600 })
    await using server = await startHttpServer()
    await using api = createClient({ baseUrl: server.url, auth: netrc({ file }) })
    await api.get('/json')
    expect(server.received[0]?.headers.authorization).toBeUndefined()
  },
)

test('readNetrc gives the entries by host, for protocols that log in otherwise', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-netrc-'))
  const file = join(folder.path, 'netrc')
  await writeFile(file, 'machine ftp.example login ada password lovelace\n', { mode: 0o600 })
  const entryFor = await readNetrc({ file })
  expect(entryFor('FTP.example.')?.login).toBe('ada')
  expect(entryFor('FTP.example.')?.password.reveal()).toBe('lovelace')
  expect(entryFor('other.example')).toBeUndefined()
  vi.stubEnv('HOME', folder.path)
  vi.stubEnv('NETRC', undefined)
  expect((await readNetrc())('ftp.example')).toBeUndefined()
  const missing = readNetrc({ file: join(folder.path, 'none') })
  await expect(missing).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
})
