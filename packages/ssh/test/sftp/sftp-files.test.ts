import { expect, test } from 'vitest'

import { fromText } from '@net/core'
import { SftpTree } from '@net/ssh/testing'

import { codesOf, openedSftp } from './opened.ts'

test('a tree says what its server can', async () => {
  await using openssh = await openedSftp({ like: 'openssh' })
  await using old = await openedSftp({ extensions: false })
  const full = openssh.sftp.files('/in')
  expect(full.name).toMatch(/^sftp:\/\/ada@127\.0\.0\.1:\d+\/in$/)
  expect(await full.capabilities()).toMatchObject({
    rename: 'atomic',
    writeOffsets: 'rest',
    links: true,
  })
  expect(full.copyWithin).toBeDefined()
  const plain = old.sftp.files('/in')
  expect([(await plain.capabilities()).rename, plain.copyWithin]).toEqual(['replaces', undefined])
})

test('where each file is emptied that is opened for writing, nothing is written into one', async () => {
  class EmptyingTree extends SftpTree {
    override open(...[path, how]: Parameters<SftpTree['open']>): ReturnType<SftpTree['open']> {
      return super.open(path, how.writes ? { ...how, truncates: true } : how)
    }
  }
  const files = new EmptyingTree({ '/a': 'whole', '/b.part': 'wh' })
  const ssh = { quirks: { software: 'rclone/v1.60.1' } }
  await using opened = await openedSftp({ like: 'rclone', files, ssh })
  const { sftp } = opened
  const tree = sftp.files('/')
  expect((await tree.capabilities()).writeOffsets).toBe(false)
  expect(
    await codesOf([
      tree.write('a', fromText('x'), { start: 2 }),
      tree.write('a', fromText('x'), { keepRest: true }),
      sftp.appendFile('/a', 'x'),
      sftp.open('/a', 'a'),
      sftp.open('/a', 'r+'),
    ]),
  ).toEqual(Array.from({ length: 5 }, () => 'NET_UNSUPPORTED'))
  expect(files.text('/a')).toBe('whole')
  await sftp.writeFile('/b', 'whole', { resume: true })
  await sftp.writeFile('/a', 'new', { inPlace: true })
  expect([files.text('/a'), files.text('/b')]).toEqual(['new', 'whole'])
})

test('a server that sets no attributes is asked once', async () => {
  await using opened = await openedSftp({ files: { '/in/a': 'x', '/in/b': 'x' } })
  const { sftp, server } = opened
  const tree = sftp.files('/in')
  server.fail({ on: 'SETSTAT', do: { status: 8 } })
  expect(await codesOf([tree.setModified('a', 0)])).toEqual(['NET_UNSUPPORTED'])
  opened.requests()
  expect(await codesOf([tree.setModified('b', 0)])).toEqual(['NET_UNSUPPORTED'])
  expect(opened.requests().filter((line) => line.startsWith('SETSTAT'))).toEqual([])
  expect((await tree.capabilities()).times?.canSet).toBe(false)
  expect(await codesOf([tree.setMode('b', 0o600)])).toEqual(['done'])
})

test('no path leads out of a tree', async () => {
  await using opened = await openedSftp({ files: { '/in/a': 'x' } })
  const tree = opened.sftp.files('/in')
  opened.requests()
  expect(
    await codesOf([
      tree.stat('../etc'),
      tree.write('a/../../b', fromText('x')),
      tree.remove('/a'),
      tree.rename('a', '..'),
      tree.mkdir('a//b'),
      Array.fromAsync(tree.list('..')),
      Array.fromAsync(tree.read('a\0b')),
    ]),
  ).toEqual(Array.from({ length: 7 }, () => 'NET_BAD_NAME'))
  expect(opened.requests()).toEqual([])
})

test('a tree stays where it was made, wherever the client goes', async () => {
  await using opened = await openedSftp({
    files: { '/www/a': 'here', '/other/www/a': 'there', '/other/b': 'there' },
  })
  const { sftp, server } = opened
  const [whole, tree] = [sftp.files(), sftp.files('www')]
  await sftp.cd('other')
  const later = sftp.files('www')
  expect(await tree.stat('a')).toMatchObject({ size: 4 })
  await tree.write('new', fromText('x'))
  expect((await Array.fromAsync(whole.list(''))).map(({ name }) => name).toSorted()).toEqual([
    'other',
    'www',
  ])
  await sftp.cd('/')
  expect(await later.stat('a')).toMatchObject({ size: 5 })
  expect(server.files.paths()).not.toContain('/other/www/new')
})

test('the tree has a name with its user, as another user finds other files under the same path', async () => {
  await using opened = await openedSftp({ files: { '/in/a': 'x' } })
  const { server, sftp } = opened
  const place = server.url.replace('ssh://', '')
  expect(sftp.files('/in').name).toBe(`sftp://ada@${place}/in`)
})
