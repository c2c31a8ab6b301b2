import type { NetErrorCode, RemoteFiles } from '@net/core'
import { netError } from '@net/core/authoring'
import { at, memoryFiles, mirror, type TreeReport } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { Dress } from '../../src/run/dress.ts'
import { contentsOf } from '@net/files/testing'

const contents = { 'in/a': 'of a', 'in/b': 'of b', c: 'x'.repeat(300_000) }
const { signal } = new AbortController()

/** A tree elsewhere that refuses some calls, with how often it was asked. */
function refusing(
  inner: RemoteFiles,
  refuses: (call: string, path: string) => NetErrorCode | undefined,
): { readonly files: RemoteFiles; readonly asked: Record<string, number> } {
  const asked: Record<string, number> = {}
  const files = faultyFiles(inner, {
    at: ({ call, path }) => {
      if (call !== 'setModified' && call !== 'setMode') return
      asked[call] = (asked[call] ?? 0) + 1
      const code = refuses(call, path)
      if (code !== undefined) throw netError(code, { message: `${call} is not possible` })
    },
  })
  return { files, asked }
}

function elsewhere(): RemoteFiles {
  const files = memoryFiles()
  Reflect.deleteProperty(files, 'copyWithin')
  return files
}

function notesOf({ entries }: TreeReport): readonly (readonly [string, unknown])[] {
  return entries
    .filter(({ type }) => type === 'file')
    .map(({ path, note }) => [path, note?.code] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
}

test.each(['NET_UNSUPPORTED', 'NET_ACCESS_DENIED', 'NET_REPLY_PERMANENT'] as const)(
  'a time that is refused (%s) is a note on a copy, is asked for once, and what was shown is remembered',
  async (code) => {
    const from = memoryFiles({ contents })
    const inner = elsewhere()
    const { files, asked } = refusing(inner, (call) => (call === 'setModified' ? code : undefined))
    const state = at(memoryFiles(), 'state')
    const report = await mirror(from, files, { concurrency: 1, state })
    expect(report).toMatchObject({ made: 4, failed: 0 })
    expect(notesOf(report)).toEqual(
      Object.keys(contents)
        .toSorted()
        .map((path) => [path, code]),
    )
    expect(await contentsOf(inner)).toMatchObject(contents)
    expect(asked).toEqual({ setModified: 1 })
    expect(await mirror(from, files, { state })).toMatchObject({ transferred: 0, kept: 4 })
  },
)

test('a date that cannot be is a note on that file alone', async () => {
  const from = memoryFiles({ contents })
  await from.setModified('in/a', -1000)
  const { files } = refusing(elsewhere(), (call, path) =>
    call === 'setModified' && path.startsWith('in/a') ? 'NET_BAD_OPTION' : undefined,
  )
  const report = await mirror(from, files)
  expect(notesOf(report)).toEqual([
    ['c', undefined],
    ['in/a', 'NET_BAD_OPTION'],
    ['in/b', undefined],
  ])
  expect((await files.stat('c')).modified).toBe((await from.stat('c')).modified)
})

test('a mode that is refused takes neither a folder nor what is in it along', async () => {
  const from = memoryFiles({ contents })
  for (const path of ['in', 'in/a']) await from.setMode(path, 0o775)
  const inner = elsewhere()
  const { files, asked } = refusing(inner, (call) =>
    call === 'setMode' ? 'NET_UNSUPPORTED' : undefined,
  )
  const report = await mirror(from, files, { modes: true, concurrency: 1 })
  expect(report).toMatchObject({ made: 4, failed: 0 })
  expect(report.entries.find(({ path }) => path === 'in')?.note?.code).toBe('NET_UNSUPPORTED')
  expect(await contentsOf(inner)).toMatchObject(contents)
  expect(asked['setMode']).toBe(1)
})

test('what others may not read is not written where they could, unless the target has no modes', async () => {
  const from = memoryFiles({ contents })
  await from.setMode('c', 0o600)
  for (const [code, written] of [
    ['NET_ACCESS_DENIED', false],
    ['NET_UNSUPPORTED', true],
  ] as const) {
    const inner = elsewhere()
    const { files } = refusing(inner, (call) => (call === 'setMode' ? code : undefined))
    const mirroring = mirror(from, files, { retry: false })
    if (written) expect(await mirroring).toMatchObject({ failed: 0 })
    else await expect(mirroring).rejects.toMatchObject({ partial: { failed: 1, made: 3 } })
    expect((await contentsOf(inner))['c']).toBe(written ? contents.c : undefined)
  }
})

test('a file that is private already is, and what is no refusal is an error', async () => {
  const inner = memoryFiles({ contents: { a: '' } })
  await inner.setMode('a', 0o400)
  let code: NetErrorCode = 'NET_ACCESS_DENIED'
  const { files } = refusing(inner, () => code)
  const dress = new Dress(files, await inner.capabilities())
  await dress.keepOut('a', 0o600, signal)
  code = 'NET_CONN_RESET'
  await expect(dress.put('a', { mode: 0o600, modified: 1 }, signal)).rejects.toMatchObject({ code })
  await expect(dress.keepOut('a', 0o600, signal)).rejects.toMatchObject({ code })
})
