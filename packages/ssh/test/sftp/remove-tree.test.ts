import { expect, test } from 'vitest'

import { codesOf, openedSftp } from './opened.ts'

test('a tree goes with everything in it, and with nothing that its links lead to', async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`/in/d/${at}`, 'x']))
  await using opened = await openedSftp({
    files: { ...many, '/in/up': { link: '.' }, '/in/out': { link: '/keep' }, '/keep/a': 'x' },
  })
  const { sftp, server } = opened
  await sftp.remove('/in', { recursive: true })
  expect(server.files.paths()).toEqual(['/keep/a'])
  expect(server.files.exists('/in')).toBe(false)
})

test('what cannot be removed is told, and names that lead elsewhere are left alone', async () => {
  await using opened = await openedSftp({ files: { '/in/a': 'x', '/keep': 'x' } })
  const { sftp, server } = opened
  server.files.nameBadly('/in', '../keep')
  expect(await codesOf([sftp.remove('/in', { recursive: true })])).toEqual(['NET_NOT_EMPTY'])
  expect(opened.requests().filter((line) => line.includes('keep'))).toEqual([])
  expect(server.files.exists('/keep')).toBe(true)
})
