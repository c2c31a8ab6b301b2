import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createCookieJar } from '@net/http'
import { expect, test } from 'vitest'

import { parseCookieFile, writtenCookies } from '../../src/cookies/netscape.ts'

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'net-cookies-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const file = [
  '# Netscape HTTP Cookie File',
  '# https://curl.se/docs/http-cookies.html',
  '',
  '#HttpOnly_.shop.example\tTRUE\t/\tTRUE\t4102444800\tid\tabc=1',
  'a.example\tFALSE\t/x\tFALSE\t0\tsession\tdark',
  'b.example\tFALSE\t/\tFALSE\t\tpython\tof Python',
  '',
].join('\n')

test('[HTTP-40] the lines of curl and of Python become cookies', () => {
  expect(parseCookieFile(file)).toEqual([
    expect.objectContaining({
      name: 'id',
      value: 'abc=1',
      domain: 'shop.example',
      hostOnly: false,
      httpOnly: true,
      secure: true,
      expires: 4_102_444_800_000,
    }),
    expect.objectContaining({
      name: 'session',
      domain: 'a.example',
      hostOnly: true,
      path: '/x',
      expires: undefined,
    }),
    expect.objectContaining({ name: 'python', value: 'of Python', expires: undefined }),
  ])
})

test('what was written is read again as it was', () => {
  const cookies = parseCookieFile(file)
  expect(parseCookieFile(writtenCookies(cookies))).toEqual(cookies)
})

test.each([
  'a.example\tFALSE\t/',
  'a.example FALSE / FALSE 0 a 1',
  'a.example\tFALSE\tx\tFALSE\t0\ta\t1',
])('the line %j is refused by its number', (line) => {
  expect(() => parseCookieFile(`# one\n${line}\n`)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_CONFIG',
      message: expect.stringContaining('line 2') as string,
    }),
  )
})

test('[HTTP-40] a jar is saved for its owner alone, in place of the old file, and loaded again', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'jar.txt')
    await writeFile(path, 'old')
    const jar = createCookieJar({ cookies: [{ name: 'a', value: '1', domain: 'a.example' }] })
    await jar.save(path)
    expect(await readdir(folder)).toEqual(['jar.txt'])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const other = createCookieJar()
    expect(await other.load(path)).toBe(1)
    expect([...other]).toEqual([...jar])
    expect(await readFile(path, 'utf8')).toContain('a.example\tFALSE\t/\tFALSE\t0\ta\t1')
  })
})

test('a cookie that never ends, by its server or the program, is no line that the file cannot be loaded with', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'jar.txt')
    const place = { value: '1', domain: 'a.example' }
    const jar = createCookieJar({
      maxAge: Infinity,
      cookies: [{ ...place, name: 'a', expires: Infinity }],
    })
    await jar.ready()
    jar.learn('https://a.example/', ['b=1; Max-Age=99999999999999999999'])
    await jar.save(path)
    const other = createCookieJar()
    expect(await other.load(path)).toBe(2)
    const last = new Date(8.64e15).getTime()
    expect([...other].map(({ name, expires }) => [name, expires])).toEqual([
      ['a', last],
      ['b', last],
    ])
  })
})

test('a file that cannot be read or written is told by its code', async () => {
  await inFolder(async (folder) => {
    const jar = createCookieJar()
    await expect(jar.load(join(folder, 'none'))).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
    await expect(jar.save(join(folder, 'none', 'jar'))).rejects.toMatchObject({
      code: 'NET_LOCAL_IO',
    })
  })
})
