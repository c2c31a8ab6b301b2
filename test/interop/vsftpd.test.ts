// Our FTP client against vsftpd.
import { createHash, randomBytes } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import type { CallOptions } from '@net/core'
import { memoryFiles, mirror } from '@net/files'
import * as ftp from '@net/ftp'
import { createCertificates } from '@net/socket/testing'

import { findDaemon, requireDaemon } from './daemon.ts'
import { MemoryGauge } from './memory-gauge.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'
import { startVsftpd, type Vsftpd } from './vsftpd.ts'

const authority = createCertificates()
const certificate = authority.issue()
let plain: Vsftpd | undefined
let secured: Vsftpd | undefined

beforeAll(async () => {
  const program = findDaemon('vsftpd')
  if (program === undefined) return
  plain = await startVsftpd(program)
  secured = await startVsftpd(program, { certificate })
})

afterAll(async () => {
  await plain?.[Symbol.asyncDispose]()
  await secured?.[Symbol.asyncDispose]()
})

test('scenario: login with TLS, and the upload of a file', async (context) => {
  const { url, user, password, root } = vsftpd(context, secured)
  const file = join(testFolder(), 'test.txt')
  writeFileSync(file, 'hello')

  await using partner = await ftp.connect(url, { user, password, tls: { ca: authority.ca } })
  await partner.upload(ftp.fromFile(file), 'test.txt')

  expect(readFileSync(join(root, 'test.txt'), 'utf8')).toBe('hello')
})

test.for(['TLSv1.2', 'TLSv1.3'] as const)(
  '[FTP-13] uploads, lists and downloads in %s, where data connections must resume the session',
  async (version, context) => {
    const { url, user, password, root } = vsftpd(context, secured)
    const tls = { ca: authority.ca, minVersion: version, maxVersion: version }
    await using partner = await ftp.connect(url, { user, password, tls })
    expect(partner.info).toMatchObject({ encrypted: true, tls: { protocol: version } })
    const content = randomBytes(3_000_000)
    const name = `${version}.bin`
    expect(await partner.upload(content, name)).toMatchObject({ size: 3_000_000, verified: true })
    expect(hash(readFileSync(join(root, name)))).toBe(hash(content))
    expect(hash(await partner.readFile(name))).toBe(hash(content))
    expect(await names(partner)).toContain(name)
    for (let turn = 0; turn < 10; turn++) await partner.writeFile(`small-${turn}`, String(turn))
    expect(Buffer.from(await partner.readFile('small-7')).toString()).toBe('7')
  },
)

test.for(['TLSv1.2', 'TLSv1.3'] as const)(
  'over six sessions in %s each data connection resumes the session of its own',
  async (version, context) => {
    const server = vsftpd(context, secured)
    const tls = { ca: authority.ca, minVersion: version, maxVersion: version }
    await using partner = await logIn(server, { tls, connections: 6, retry: false })
    const count = process.env['NET_SOAK'] === '1' ? 600 : 150
    const contents = Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`f${at}`, `${at}`]),
    )
    const place = `many-${version}`
    await partner.mkdir(place)
    const up = await mirror(memoryFiles({ contents }), partner.files(place), { retry: false })
    expect(up).toMatchObject({ made: count, failed: 0 })
    const back = memoryFiles()
    const down = await mirror(partner.files(place), back, { retry: false })
    expect(down).toMatchObject({ made: count, failed: 0 })
    const last = `f${count - 1}`
    expect(Buffer.concat(await Array.fromAsync(back.read(last))).toString()).toBe(`${count - 1}`)
  },
)

test('the same server refuses data of a client that does not resume', async (context) => {
  const { url, user, password, root } = vsftpd(context, secured)
  writeFileSync(join(root, 'small'), '1')
  const curl = (...options: readonly string[]): ReturnType<typeof runProgram> => {
    const login = ['-u', `${user}:${password}`, '--ssl-reqd', '--insecure']
    return runProgram(requireDaemon(context, 'curl'), ['-sS', ...login, ...options, `${url}/small`])
  }
  expect(await curl()).toMatchObject({ status: 0, stdout: '1' })
  // CURLE_PARTIAL_FILE: the data connection is closed, and nothing came.
  expect(await curl('--no-sessionid')).toMatchObject({ status: 18, stdout: '' })
})

test('an unknown authority is refused before the password is sent', async (context) => {
  const { url, user, password } = vsftpd(context, secured)
  await expect(ftp.connect(url, { user, password })).rejects.toMatchObject({
    code: 'NET_TLS_CERT_UNTRUSTED',
  })
})

test('a server that requires TLS, and a client with TLS switched off', async (context) => {
  const { url, user, password } = vsftpd(context, secured)
  const untold = ftp.connect(url, { user, password, security: 'off' })
  await expect(untold).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
    message: expect.stringContaining('must use encryption'),
  })
})

test('a wrong password', async (context) => {
  const { url, user } = vsftpd(context, plain)
  await expect(ftp.connect(url, { user, password: 'not the password' })).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
    reply: { status: 530 },
    message: expect.not.stringContaining('not the password'),
  })
})

test('a file that is not there', async (context) => {
  const server = vsftpd(context, plain)
  await using partner = await logIn(server)
  const copy = join(testFolder(), 'copy.txt')
  for (const call of [
    () => partner.download('nothing.txt', ftp.toFile(copy)),
    () => partner.size('nothing.txt'),
    () => partner.remove('nothing.txt'),
    () => partner.rename('nothing.txt', 'something.txt'),
  ]) {
    const refused = { code: 'NET_NOT_FOUND', reply: { status: 550 } }
    await expect(call()).rejects.toMatchObject(refused)
  }
  await expect(partner.stat('nothing.txt')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(await partner.exists('nothing.txt')).toBe(false)
  expect(existsSync(copy)).toBe(false)
})

test('[FTP-37] folders and entries', async (context) => {
  const { root, ...server } = vsftpd(context, plain)
  await using partner = await logIn(server)
  await partner.mkdir('in/2026/märz', { recursive: true })
  await partner.mkdir('in/2026/märz', { recursive: true })
  expect(await names(partner, 'in/2026/märz')).toEqual([])
  await partner.writeFile('in/2026/märz/a b.csv', 'a,b\n')
  expect(readFileSync(join(root, 'in/2026/märz/a b.csv'), 'utf8')).toBe('a,b\n')
  expect(await names(partner, 'in/2026/märz')).toEqual(['a b.csv'])
  expect(await partner.stat('in/2026/märz/a b.csv')).toMatchObject({ type: 'file', size: 4 })
  expect(await partner.stat('in/2026')).toMatchObject({ type: 'folder' })
  await expect(partner.mkdir('in/2026')).rejects.toMatchObject({ code: 'NET_EXISTS' })
  // It does not say that the folder is not empty; a look into it does.
  await expect(partner.remove('in/2026')).rejects.toMatchObject({
    code: 'NET_NOT_EMPTY',
    reply: { status: 550 },
  })
  await partner.rename('in/2026/märz/a b.csv', 'in/b.csv')
  await partner.writeFile('in/c.csv', '')
  await expect(partner.rename('in/c.csv', 'in/b.csv')).rejects.toMatchObject({
    code: 'NET_EXISTS',
  })
  await partner.rename('in/c.csv', 'in/b.csv', { replace: true })
  expect(await partner.readFile('in/b.csv')).toHaveLength(0)
  await partner.remove('in/b.csv')
  await partner.remove('in/2026/märz')
  await partner.remove('in/2026')
  await partner.remove('in')
  expect(existsSync(join(root, 'in'))).toBe(false)
})

test('other calls inside the loop over a listing', async (context) => {
  await using partner = await logIn(vsftpd(context, plain))
  await partner.mkdir('loop')
  for (const name of ['1', '22', '333']) await partner.writeFile(`loop/${name}`, name)
  const seen: string[] = []
  for await (const { name } of partner.list('loop'))
    seen.push(Buffer.from(await partner.readFile(`loop/${name}`)).toString())
  expect(seen.toSorted()).toEqual(['1', '22', '333'])
})

test.for(['plain', 'TLS'])('100 MB up and down over %s, in flat memory', async (road, context) => {
  const server = vsftpd(context, road === 'TLS' ? secured : plain)
  const { root } = server
  await using partner = await logIn(server)
  const folder = testFolder()
  const [original, copy] = [join(folder, 'original'), join(folder, 'copy')]
  const chunk = randomBytes(1_000_000)
  for (let part = 0; part < 100; part++) {
    chunk.writeUInt32BE(part)
    writeFileSync(original, chunk, { flag: 'a' })
  }
  const expected = await hashOfFile(original)
  const memory = new MemoryGauge()
  const onProgress = (): void => memory.look()

  expect(await partner.upload(ftp.fromFile(original), 'large', { onProgress })).toEqual({
    transferred: 100_000_000,
    size: 100_000_000,
    verified: true,
    reply: expect.stringMatching(/^226 /),
  })
  expect(await hashOfFile(join(root, 'large'))).toBe(expected)
  await partner.download('large', ftp.toFile(copy), { onProgress })
  expect(await hashOfFile(copy)).toBe(expected)
  expect(memory.looks).toBeGreaterThan(1)
  expect(memory.growth).toBeLessThan(80_000_000)
})

test.for(['plain', 'TLS'])(
  'a server that dies in the middle of a transfer over %s leaves no file behind',
  async (road, context) => {
    await using server = await slowVsftpd(context, road)
    const { root } = server
    writeFileSync(join(root, 'large'), randomBytes(20_000_000))
    const folder = testFolder()
    await using partner = await logIn(server)
    const onProgress = (): void => server.kill()
    const loading = partner.download('large', ftp.toFile(join(folder, 'copy')), { onProgress })
    await expect(loading).rejects.toMatchObject({
      name: 'ConnectionLostError',
      operation: 'download',
    })
    expect(readdirSync(folder)).toEqual([])
    expect(await partner.closed).toMatchObject({ name: 'ConnectionLostError' })
    await expect(partner.size('large')).rejects.toMatchObject({
      name: 'ConnectionLostError',
      retry: 'safe',
    })
    await expect(logIn(server)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  },
)

test.for(['plain', 'TLS'])(
  'a connection that dies in the middle over %s: a download goes on where it was, an upload is no success',
  async (road, context) => {
    await using server = await slowVsftpd(context, road)
    const { root } = server
    const content = randomBytes(10_000_000)
    writeFileSync(join(root, 'large'), content)
    const copy = join(testFolder(), 'copy')
    const sink = ftp.toFile(copy, { keepPart: true })
    const onProgress = once(() => server.killConnections())
    await using first = await logIn(server)
    await expect(first.download('large', sink, { onProgress })).rejects.toMatchObject({
      name: 'ConnectionLostError',
    })
    expect(existsSync(copy)).toBe(false)
    expect(statSync(`${copy}.part`).size).toBeGreaterThan(0)

    await using second = await logIn(server)
    const { transferred, size } = await second.download('large', sink, { resume: true })
    expect(size).toBe(10_000_000)
    expect(transferred).toBeLessThan(10_000_000)
    expect(hash(readFileSync(copy))).toBe(hash(content))

    const again = once(() => server.killConnections())
    const sending = second.upload(content, 'cut', { onProgress: again })
    await expect(sending).rejects.toMatchObject({
      name: 'ConnectionLostError',
      operation: 'upload',
    })
    expect(statSync(join(root, 'cut')).size).toBeLessThan(10_000_000)
  },
)

test.for(['plain', 'TLS'])(
  'an abort over %s leaves the session as it is',
  async (road, context) => {
    await using server = await slowVsftpd(context, road)
    const content = randomBytes(20_000_000)
    writeFileSync(join(server.root, 'large'), content)
    const folder = testFolder()
    await using partner = await logIn(server)
    for (const start of [
      (options: CallOptions) =>
        partner.download('large', ftp.toFile(join(folder, 'copy')), options),
      (options: CallOptions) => partner.upload(content, 'cut', options),
    ]) {
      const abort = new AbortController()
      const options = { signal: abort.signal, onProgress: () => abort.abort() }
      await expect(start(options)).rejects.toMatchObject({ code: 'NET_ABORTED' })
      expect(await partner.size('large')).toBe(20_000_000)
    }
    expect(readdirSync(folder)).toEqual([])
  },
)

async function slowVsftpd(context: Pick<TestContext, 'skip'>, road: string): Promise<Vsftpd> {
  const program = requireDaemon(context, 'vsftpd')
  return startVsftpd(program, { rate: 5_000_000, ...(road === 'TLS' ? { certificate } : {}) })
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    act()
  }
}

function vsftpd(context: Pick<TestContext, 'skip'>, server: Vsftpd | undefined): Vsftpd {
  requireDaemon(context, 'vsftpd')
  if (server === undefined) throw new Error('vsftpd did not start')
  return server
}

function logIn(
  { url, user, password }: Pick<Vsftpd, 'url' | 'user' | 'password'>,
  options: ftp.FtpConnectOptions = {},
): Promise<ftp.FtpClient> {
  return ftp.connect(url, { user, password, tls: { ca: authority.ca }, ...options })
}

async function names(partner: ftp.FtpClient, path?: string): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { name } of partner.list(path)) found.push(name)
  return found
}

async function hashOfFile(path: string): Promise<string> {
  const sum = createHash('sha256')
  await pipeline(createReadStream(path), sum)
  return sum.digest('hex')
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
