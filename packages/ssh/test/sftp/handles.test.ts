import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { SftpTree } from '@net/ssh/testing'

import { StoreError } from '../../src/testing/sftp/sftp-store.ts'

import { failureOf } from '../embedded.ts'
import { codesOf, openedSftp } from './opened.ts'

const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`/in/${at}`, `${at}`]))

test('calls wait for a place where the server says how many files it opens', async () => {
  await using opened = await openedSftp({ files, maxHandles: 3 })
  const { sftp } = opened
  await sftp.readFile('/in/0')
  const read = await Promise.all(Object.keys(files).map((path) => sftp.readFile(path)))
  expect(read.map((bytes) => Buffer.from(bytes).toString())).toEqual(Object.values(files))
})

test('a tree is copied where the server opens few files and says only that it does not', async () => {
  for (const maxHandles of [1, 3]) {
    await using opened = await openedSftp({ files, maxHandles, extensions: false })
    const tree = opened.sftp.files('/in')
    const read = await Promise.all(
      Object.keys(files).map((path) => Array.fromAsync(tree.read(path.slice(4)))),
    )
    expect(read.map((chunks) => Buffer.concat(chunks).toString())).toEqual(Object.values(files))
    // What was learnt is kept to.
    const before = opened.server.requests.length
    await Promise.all(Object.keys(files).map((path) => Array.fromAsync(tree.read(path.slice(4)))))
    const opens = opened.server.requests.slice(before).filter((line) => line.startsWith('OPEN '))
    expect(opens).toHaveLength(40)
  }
})

test('"permission denied" may mean "one at a time"', async () => {
  class Tree extends SftpTree {
    #open = 0

    override async open(
      ...[path, how]: Parameters<SftpTree['open']>
    ): Promise<Awaited<ReturnType<SftpTree['open']>>> {
      if (this.#open > 0) throw new StoreError('denied')
      const file = await super.open(path, how)
      this.#open += 1
      const close = file.close.bind(file)
      file.close = async () => {
        this.#open -= 1
        await close()
      }
      return file
    }
  }
  await using opened = await openedSftp({ files: new Tree(files), extensions: false })
  const tree = opened.sftp.files('/in')
  const read = await Promise.all(
    Object.keys(files).map((path) => Array.fromAsync(tree.read(path.slice(4)))),
  )
  expect(read.map((chunks) => Buffer.concat(chunks).toString())).toEqual(Object.values(files))
  expect(opened.requests().filter((line) => line.startsWith('OPEN ')).length).toBeLessThan(100)
})

test('a file that is really denied is denied, and the others go through', async () => {
  await using opened = await openedSftp({ files, extensions: false })
  const { sftp, server } = opened
  server.fail({ on: 'OPEN /in/7', times: 2, do: { status: 3 } })
  const tree = sftp.files('/in')
  const codes = await codesOf(
    Object.keys(files).map((path) => Array.fromAsync(tree.read(path.slice(4)))),
  )
  expect(codes.filter((code) => code !== 'done')).toEqual(['NET_ACCESS_DENIED'])
  expect(codes[7]).toBe('NET_ACCESS_DENIED')
})

test('what is denied in a tree holds up neither itself nor others while the caller has a file open', async () => {
  await using opened = await openedSftp({ files, extensions: false })
  const { sftp, server } = opened
  await using held = await sftp.open('/in/1')
  server.fail({ on: 'OPENDIR /in', times: 2, do: { status: 3 } })
  const listing = codesOf([Array.fromAsync(sftp.files('/').list('in'))])
  expect(Buffer.from(await sftp.readFile('/in/2')).toString()).toBe('2')
  expect(await listing).toEqual(['NET_ACCESS_DENIED'])
  expect(Buffer.from(await held.read(10)).toString()).toBe('1')
})

test('what the server denies is denied, also where others stay open for longer than a call waits', async () => {
  await using opened = await openedSftp({ files, extensions: false })
  const { sftp, server } = opened
  const tree = sftp.files('/in')
  const slow = tree.read('1')[Symbol.asyncIterator]()
  await slow.next()
  server.fail({ on: 'OPEN /in/7', do: { status: 3 } })
  const limited = tree.read('7', { timeout: { pool: 30 } })
  expect(await codesOf([Array.fromAsync(limited)])).toEqual(['NET_ACCESS_DENIED'])
  await slow.return?.()
})

test('where the server says how many files it opens, a refusal is none of their number', async () => {
  await using opened = await openedSftp({ files, maxHandles: 5 })
  const { sftp, server } = opened
  await sftp.readFile('/in/0')
  await using held = await sftp.open('/in/1')
  server.fail({ on: 'OPEN /in/7', do: { status: 3 } })
  const error = await failureOf(Array.fromAsync(sftp.files('/in').read('7')))
  expect(error).toMatchObject({ code: 'NET_ACCESS_DENIED' })
  expect(server.requests.filter((line) => line === 'OPEN /in/7').length).toBe(1)
  expect(held.path).toBe('/in/1')
})

test('copies that each need two open files do not wait for each other', async () => {
  await using opened = await openedSftp({ files, maxHandles: 3 })
  const { sftp, server } = opened
  await sftp.readFile('/in/0')
  const paths = Object.keys(files)
  await Promise.all(paths.map((path) => sftp.copy(path, `${path}.copy`)))
  expect(server.files.paths().length).toBe(2 * paths.length)
})

test('a call of the caller is not held back, and is told how many files are open', async () => {
  await using opened = await openedSftp({ files, maxHandles: 2, extensions: false })
  const { sftp } = opened
  await using one = await sftp.open('/in/1')
  await using two = await sftp.open('/in/2')
  const error = await failureOf(sftp.open('/in/3'))
  expect(error.message).toContain('2 are open')
  expect([one.path, two.path]).toEqual(['/in/1', '/in/2'])
})

test('a file whose opening was given up is closed when it has been opened', async () => {
  await using opened = await openedSftp({ files })
  const { sftp, server } = opened
  using clock = useFakeClock()
  server.fail({ on: 'OPEN', do: { delay: 20 } })
  const controller = new AbortController()
  const opening = failureOf(sftp.open('/in/1', 'r', { signal: controller.signal }))
  await expect.poll(() => server.requests).toContain('OPEN /in/1')
  controller.abort()
  expect(await opening).toMatchObject({ code: 'NET_ABORTED' })
  await clock.advance(20)
  await expect.poll(() => server.requests).toContain('CLOSE /in/1')
  await sftp.close()
  expect(server.leftOpen).toBe(0)
})
