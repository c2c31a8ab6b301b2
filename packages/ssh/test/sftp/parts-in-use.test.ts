import { expect, test } from 'vitest'

import { operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

import { PartsInUse } from '../../src/sftp/parts-in-use.ts'
import { failureOf } from '../embedded.ts'
import { openedSftp, patterned } from './opened.ts'

test('two uploads to one name at once never become one file', async () => {
  await using opened = await openedSftp()
  const { sftp, server } = opened
  const first = sftp.writeFile('/a', patterned(600_000))
  const second = await failureOf(sftp.writeFile('/a', Buffer.alloc(600_000, 'b')))
  expect(second).toMatchObject({ code: 'NET_BUSY' })
  expect(second.message).toContain('/a.part')
  await first
  expect(Buffer.from(server.files.read('/a')).equals(patterned(600_000))).toBe(true)
  await sftp.writeFile('/a', 'third')
  expect(server.files.text('/a')).toBe('third')
})

test.each(['./a', '/a', 'in/../a', '//a'])(
  'two uploads to one file as a and %s at once never become one',
  async (path) => {
    await using opened = await openedSftp({ files: { '/in/b': '', '/other/a': '' } })
    const { sftp, server } = opened
    const first = sftp.writeFile('a', patterned(600_000))
    const elsewhere = sftp.writeFile('other/a', 'b')
    const second = await failureOf(sftp.writeFile(path, Buffer.alloc(600_000, 'b')))
    expect(second).toMatchObject({ code: 'NET_BUSY' })
    await Promise.all([first, elsewhere])
    expect(Buffer.from(server.files.read('/a')).equals(patterned(600_000))).toBe(true)
    await sftp.writeFile(path, 'third')
    expect(server.files.text('/a')).toBe('third')
  },
)

test('an upload begins when what a stopped one has left is gone', async () => {
  await using opened = await openedSftp({ shuffles: true })
  const { sftp, server } = opened
  using clock = useFakeClock()
  const controller = new AbortController()
  server.fail({ on: 'WRITE', do: { delay: 20 } })
  const { signal } = controller
  const stopped = failureOf(sftp.writeFile('/a', 'old', { signal }))
  await expect.poll(() => server.requests).toContain('WRITE /a.part')
  controller.abort()
  expect(await stopped).toMatchObject({ code: 'NET_ABORTED' })
  const rest = Promise.withResolvers<void>()
  const source = async function* inTwo(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('ne')
    await rest.promise
    yield Buffer.from('w')
  }
  const second = sftp.upload(source, '/a')
  // As long as the second one would need to have its file open.
  for (let round = 0; round < 5; round++) await sftp.exists('/a')
  await clock.advance(20)
  await expect.poll(() => server.requests).toContain('REMOVE /a.part')
  rest.resolve()
  await second
  expect([server.files.paths(), server.files.text('/a')]).toEqual([['/a'], 'new'])
})

test('of two that look at each other at once, while a third of that name writes elsewhere, one goes on', async () => {
  const parts = new PartsInUse(async (part) => part.slice(0, part.lastIndexOf('/')).slice(-1))
  const spec = { protocol: 'sftp', operation: 'test', kind: 'transfer' } as const
  const during = (part: string, work: () => Promise<string>): Promise<string> =>
    operation(spec, undefined, (op) => parts.during(op, part, work))
  const rest = Promise.withResolvers<string>()
  const third = during('/other/a', () => rest.promise)
  const first = during('/x/a', () => rest.promise)
  const second = failureOf(during('/home/x/a', () => rest.promise))
  expect(await second).toMatchObject({ code: 'NET_BUSY' })
  rest.resolve('done')
  expect(await Promise.all([first, third])).toEqual(['done', 'done'])
})
