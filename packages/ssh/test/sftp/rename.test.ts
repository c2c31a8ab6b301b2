import { expect, test } from 'vitest'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp } from './opened.ts'

test('[SSH-60] a name that is taken is kept, or replaced at once', async () => {
  for (const like of ['openssh', 'proftpd', 'asyncssh', 'rclone'] as const) {
    await using opened = await openedSftp({ like, files: { '/a': 'new', '/b': 'old' } })
    const { sftp, server } = opened
    expect(await codesOf([sftp.rename('/a', '/b'), sftp.rename('/none', '/c')])).toEqual([
      'NET_EXISTS',
      'NET_NOT_FOUND',
    ])
    expect(server.files.text('/b')).toBe('old')
    await sftp.rename('/a', '/b', { replace: true })
    expect([server.files.text('/b'), server.files.exists('/a')]).toEqual(['new', false])
  }
})

test('where nothing replaces, the old file goes when the new one is whole', async () => {
  await using opened = await openedSftp({ extensions: false, files: { '/a': 'old' } })
  const { sftp, server } = opened
  await sftp.writeFile('/a', 'new')
  expect(server.files.text('/a')).toBe('new')
  const aside = /RENAME \/a (\S+)/.exec(opened.requests().join('\n'))?.[1] ?? ''
  expect(server.requests.slice(-4)).toEqual([
    'LSTAT /a',
    `RENAME /a ${aside}`,
    'RENAME /a.part /a',
    `REMOVE ${aside}`,
  ])
  expect(server.files.paths()).toEqual(['/a'])
})

test('an extension that is named and fails is not the last way', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } })
  const { sftp, server } = opened
  server.fail({ on: 'posix-rename', do: { status: 4 } })
  await sftp.writeFile('/a', 'new')
  server.fail({ on: 'posix-rename', do: { status: 8 } })
  await sftp.writeFile('/a', 'newer')
  opened.requests()
  await sftp.writeFile('/a', 'newest')
  expect(opened.requests().filter((line) => line.startsWith('posix'))).toEqual([])
  expect(server.files.text('/a')).toBe('newest')
})

test('a rename that is forbidden leaves the old file, and says what to do', async () => {
  await using opened = await openedSftp({ extensions: false, files: { '/a': 'old' } })
  const { sftp, server } = opened
  server.fail({ on: 'RENAME', do: { status: 3 } })
  const error = await failureOf(sftp.writeFile('/a', 'new'))
  expect(error).toMatchObject({ code: 'NET_ACCESS_DENIED', operation: 'rename', retry: 'never' })
  expect(error.message).toContain('/a.part')
  expect(error.message).toContain('inPlace')
  expect([server.files.text('/a'), server.files.text('/a.part')]).toEqual(['old', 'new'])
})

test('where the new file cannot take the name, the old one has it again', async () => {
  const files = { '/a': 'old', '/b': 'new' }
  await using opened = await openedSftp({ extensions: ['copy-data'], files })
  const { sftp, server } = opened
  const refuse = (on: RegExp): void => server.fail({ on, after: 1, times: 2, do: { status: 4 } })
  refuse(/^RENAME \/a.part/)
  const error = await failureOf(sftp.writeFile('/a', 'newer'))
  expect(error.message).toContain('/a.part')
  expect([server.files.text('/a'), server.files.text('/a.part')]).toEqual(['old', 'newer'])
  await sftp.remove('/a.part')
  for (const [verb, from] of [
    ['rename', '/b'],
    ['copy', '/a.part'],
  ] as const) {
    refuse(new RegExp(`^RENAME ${from}`))
    const refused = await failureOf(sftp[verb]('/b', '/a', { replace: true }))
    expect(refused).toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  }
  await sftp.exists('/a')
  expect(server.files.paths()).toEqual(['/a', '/b'])
  expect([server.files.text('/a'), server.files.text('/b')]).toEqual(['old', 'new'])
})

test('where the old one cannot have its name again, the error names both', async () => {
  await using opened = await openedSftp({ extensions: false, files: { '/a': 'old', '/b': 'new' } })
  const { sftp, server } = opened
  server.fail({ on: /^RENAME \S+ \/a$/, after: 1, times: 3, do: { status: 4 } })
  const { message } = await failureOf(sftp.rename('/b', '/a', { replace: true }))
  const [aside = ''] = server.files.paths().filter((path) => path.endsWith('.old'))
  expect(message).toContain(`/a has the name ${aside} now`)
  expect([server.files.text(aside), server.files.text('/b')]).toEqual(['old', 'new'])
})

test('a rename that is stopped between its steps leaves the old file or the new one', async () => {
  for (const on of [/^RENAME \/a /, /^RENAME \/b \/a/]) {
    const files = { '/a': 'old', '/b': 'new' }
    await using opened = await openedSftp({ extensions: false, files })
    const { sftp, server } = opened
    const controller = new AbortController()
    server.fail({ on, after: on.source.includes('b') ? 1 : 0, do: 'loses' })
    const renaming = failureOf(
      sftp.rename('/b', '/a', { replace: true, signal: controller.signal }),
    )
    await expect
      .poll(() => server.requests.filter((line) => on.test(line)).length)
      .toBe(on.source.includes('b') ? 2 : 1)
    await expect.poll(() => server.files.paths().some((path) => path.endsWith('.old'))).toBe(true)
    controller.abort()
    expect(await renaming).toMatchObject({ code: 'NET_ABORTED' })
    await expect.poll(() => server.files.paths().some((path) => path.endsWith('.old'))).toBe(false)
    expect(server.files.exists('/a')).toBe(true)
  }
})

test('a file that is renamed to its own name stays', async () => {
  for (const extensions of [true, false]) {
    await using opened = await openedSftp({ extensions, files: { '/a': 'x' } })
    await opened.sftp.rename('/a', '/a', { replace: true })
    expect(opened.server.files.text('/a')).toBe('x')
  }
})

test('where nothing proves that a name is free, nothing is renamed to it', async () => {
  await using opened = await openedSftp({ like: 'rclone', files: { '/a': 'new', '/b': 'old' } })
  const { sftp, server } = opened
  server.fail({ on: 'LSTAT /b', do: { status: 3 } })
  const error = await failureOf(sftp.rename('/a', '/b'))
  expect(error).toMatchObject({ code: 'NET_ACCESS_DENIED' })
  expect(error.message).toContain('whether /b exists')
  const controller = new AbortController()
  server.fail({ on: 'LSTAT /b', do: 'loses' })
  const stopped = failureOf(sftp.rename('/a', '/b', { signal: controller.signal }))
  await expect.poll(() => server.requests.filter((line) => line === 'LSTAT /b').length).toBe(2)
  controller.abort()
  expect(await stopped).toMatchObject({ code: 'NET_ABORTED' })
  await sftp.exists('/a')
  expect(server.requests.filter((line) => line.startsWith('RENAME'))).toEqual([])
  expect([server.files.text('/a'), server.files.text('/b')]).toEqual(['new', 'old'])
})

test('a rename whose answer was lost has happened', async () => {
  await using opened = await openedSftp({ files: { '/a': 'old' } }, { reconnect: true })
  const { sftp, server } = opened
  server.fail({ on: 'posix-rename', do: 'loses' })
  server.fail({ on: 'LSTAT /a', after: 1, do: 'drop' })
  const writing = sftp.writeFile('/a', 'new')
  await expect.poll(() => server.files.text('/a')).toBe('new')
  // The session goes before the answer.
  await failureOf(sftp.lstat('/a', { retry: false }))
  await writing
  expect([server.files.text('/a'), server.files.paths()]).toEqual(['new', ['/a']])
})
