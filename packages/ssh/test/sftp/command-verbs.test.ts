import { expect, test } from 'vitest'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp } from './opened.ts'

test('[SSH-58] questions about a path have short answers', async () => {
  await using opened = await openedSftp({
    files: {
      '/in/a': '12345',
      '/link': { link: 'in/a' },
      '/folder': { link: 'in' },
      '/dangling': { link: 'none' },
    },
  })
  const { sftp } = opened
  const paths = ['/in', '/in/a', '/link', '/folder', '/dangling', '/none', '/in/a/b', '/none/b']
  const all = async (ask: (path: string) => Promise<boolean>): Promise<string> =>
    (await Promise.all(paths.map(ask))).map((yes) => (yes ? 'y' : 'n')).join('')
  expect(await all((path) => sftp.exists(path))).toBe('yyyynnnn')
  expect(await all((path) => sftp.isFile(path))).toBe('nyynnnnn')
  expect(await all((path) => sftp.isFolder(path))).toBe('ynnynnnn')
  expect(await sftp.size('/link')).toBe(5)
  expect(await sftp.modified('/in/a')).toBeGreaterThan(1_700_000_000_000)
  opened.server.fail({ on: 'STAT', do: { status: 3 } })
  expect(await codesOf([sftp.exists('/in')])).toEqual(['NET_ACCESS_DENIED'])
})

test('[SSH-59] attributes are set by path, and a link is not followed by lstat', async () => {
  await using opened = await openedSftp({ files: { '/a': '12345', '/link': { link: 'a' } } })
  const { sftp, server } = opened
  await sftp.setMode('/a', 0o640)
  await sftp.setOwner('/a', 7, 8)
  await sftp.setTimes('/a', 1_600_000_000_000, 1_500_000_000_000)
  await sftp.truncate('/link', 3)
  expect(await sftp.stat('/link')).toMatchObject({
    type: 'file',
    mode: 0o640,
    uid: 7,
    gid: 8,
    size: 3,
    accessed: 1_600_000_000_000,
    modified: 1_500_000_000_000,
  })
  expect(await sftp.lstat('/link')).toMatchObject({ type: 'link' })
  await sftp.setAttributes('/a', { permissions: 0o600, size: 4 })
  expect([server.files.mode('/a'), server.files.read('/a').length]).toEqual([0o600, 4])
})

test('a time takes no other with it, and is never wrapped', async () => {
  await using opened = await openedSftp({ files: { '/a': 'x' } })
  const { sftp } = opened
  await sftp.setTimes('/a', 1_600_000_000_000, 1_500_000_000_000)
  for (const time of [0, 2_208_988_800_999, 0xffff_ffff * 1000 + 999]) {
    await sftp.setModified('/a', time)
    expect(await sftp.stat('/a')).toMatchObject({
      modified: Math.floor(time / 1000) * 1000,
      accessed: 1_600_000_000_000,
    })
  }
  opened.requests()
  expect(await codesOf([-1, 2 ** 32 * 1000].map((time) => sftp.setModified('/a', time)))).toEqual([
    'NET_BAD_OPTION',
    'NET_BAD_OPTION',
  ])
  expect(opened.requests()).toEqual([])
})

test('[SSH-57] paths begin where cd went to', async () => {
  await using opened = await openedSftp({ files: { '/in/deep/a': 'x', '/in/b': 'y' } })
  const { sftp } = opened
  expect(await sftp.pwd()).toBe('/')
  await sftp.cd('in/deep')
  expect([await sftp.pwd(), await sftp.exists('a')]).toEqual(['/in/deep', true])
  await sftp.cd('..')
  const tree = sftp.files()
  expect([await sftp.pwd(), await sftp.realpath('./deep/../b')]).toEqual(['/in', '/in/b'])
  await sftp.symlink('b', 'link')
  expect(await sftp.readLink('/in/link')).toBe('b')
  await sftp.cd('/')
  expect(await Array.fromAsync(sftp.list(), ({ path }) => path)).toEqual(['in'])
  expect(await Array.fromAsync(tree.list(''), ({ path }) => path)).toEqual(['deep', 'b', 'link'])
  expect(await codesOf([sftp.cd('in/b'), sftp.cd('none')])).toEqual([
    'NET_BAD_NAME',
    'NET_NOT_FOUND',
  ])
})

test('folders are made with those above, by many calls at once', async () => {
  await using opened = await openedSftp({ files: { '/file': 'x', '/link': { link: 'in' } } })
  const { sftp, server } = opened
  await Promise.all(Array.from({ length: 50 }, () => sftp.mkdir('/in/a/b/c', { recursive: true })))
  expect(server.files.exists('/in/a/b/c')).toBe(true)
  expect(opened.requests().filter((line) => line.startsWith('READDIR'))).toEqual([])
  await sftp.mkdir('/link', { recursive: true })
  expect(
    await codesOf([
      sftp.mkdir('/in'),
      sftp.mkdir('/file', { recursive: true }),
      sftp.mkdir('/none/deep'),
    ]),
  ).toEqual(['NET_EXISTS', 'NET_EXISTS', 'NET_NOT_FOUND'])
  // Those above are neither made nor looked at.
  server.files.makeFolder('/home/ada')
  opened.requests()
  await sftp.mkdir('/home/ada/in/deep', { recursive: true })
  expect(opened.requests()).toEqual([
    'MKDIR /home/ada/in/deep',
    'LSTAT /home/ada/in/deep',
    'MKDIR /home/ada/in',
    'MKDIR /home/ada/in/deep',
  ])
})

test('a folder above that is forbidden, and may not be looked at, is no hindrance where it is there', async () => {
  await using opened = await openedSftp({ files: { '/home/ada/in/x': 'x' } })
  const { sftp, server } = opened
  server.fail({
    on: /^(?:MKDIR|STAT|LSTAT) \/home(?:\/ada(?:\/in)?)?$/,
    times: Infinity,
    do: { status: 3 },
  })
  server.fail({ on: 'MKDIR /home/ada/in/new/deep', do: { status: 2 } })
  await sftp.mkdir('/home/ada/in/new/deep', { recursive: true })
  expect(await sftp.isFolder('/home/ada/in/new/deep')).toBe(true)
  // One that others make at the same moment, and forbid to be looked at.
  server.fail({ on: 'MKDIR /home/ada/in/late', do: { status: 2 } })
  await sftp.mkdir('/home/ada/in/late', { recursive: true })
  expect(await failureOf(sftp.mkdir('/home/ada/in', { recursive: true }))).toMatchObject({
    code: 'NET_ACCESS_DENIED',
    target: '/home/ada/in',
  })
})

test('files, links and folders are removed, and a full folder only on request', async () => {
  await using opened = await openedSftp({
    files: { '/a': 'x', '/in/b': 'x', '/in/out': { link: '/keep' }, '/keep/c': 'x' },
  })
  const { sftp, server } = opened
  await sftp.remove('/a')
  expect(opened.requests()).toEqual(['REMOVE /a'])
  expect(await codesOf([sftp.remove('/in'), sftp.remove('/none')])).toEqual([
    'NET_NOT_EMPTY',
    'NET_NOT_FOUND',
  ])
  await sftp.remove('/in', { recursive: true })
  expect(server.files.paths()).toEqual(['/keep/c'])
  await sftp.mkdir('/empty')
  await sftp.remove('/empty')
  expect((await failureOf(sftp.remove('/none', { recursive: true })))['code']).toBe('NET_NOT_FOUND')
})

test('a call goes on in the folder in which it began, wherever the client goes meanwhile', async () => {
  await using opened = await openedSftp({
    files: { '/www/a': '1', '/www/b/c': '2', '/other/www/a': '3', '/other/www/b/c': '4' },
  })
  const { sftp, server } = opened
  await Promise.all([sftp.remove('www', { recursive: true }), sftp.cd('other')])
  expect(server.files.paths().filter((path) => path.startsWith('/www'))).toEqual([])
  expect(server.files.paths()).toEqual(expect.arrayContaining(['/other/www/a', '/other/www/b/c']))
  const walked = sftp.walk('www')
  await Promise.all([sftp.writeFile('www/new', 'text'), sftp.cd('/')])
  expect(server.files.text('/other/www/new')).toBe('text')
  const names = (await Array.fromAsync(walked)).map(({ path }) => path).toSorted()
  expect(names).toEqual(['www/a', 'www/b', 'www/b/c', 'www/new'])
})
