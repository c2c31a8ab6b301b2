import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'queue-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('jobs are there when the file is opened again, by path or by URL', async () => {
  await using place = await folder()
  const path = join(place.path, 'jobs and more.db')
  const first = openQueue('q', { url: `file:${path}`, durability: 'power' })
  await first.add({ n: 1 }, { id: 'a' })
  await first.close()
  await using second = openQueue('q', { url: pathToFileURL(path) })
  expect(await second.get('a')).toMatchObject({ payload: { n: 1 }, state: 'waiting' })
  await using other = openQueue('other', { url: pathToFileURL(path) })
  expect(await other.get('a')).toBeUndefined()
})

test('a URL without a path is refused', () => {
  expect(() => openQueue('q', { url: 'file:' })).toThrow("must be like 'file:queue.db'")
  expect(() => openQueue('q', { url: 'file://host/a%2Fb' })).toThrow('must be like')
})

test('what is no file of jobs is told, and nothing is lost', async () => {
  await using place = await folder()
  const notes = join(place.path, 'notes.txt')
  await writeFile(notes, 'not a database, and more than a header of text '.repeat(50))
  for (const path of [notes, join(place.path, 'nowhere', 'a.db')]) {
    await using queue = openQueue('q', { url: `file:${path}` })
    const error: unknown = await queue.add(1).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_LOCAL_IO', endpoint: path })
  }
})
