import { fromText, type RemoteFiles } from '@net/core'
import { memoryFiles, mirror, type MemoryCapabilities } from '@net/files'
import { faultyFiles } from '@net/files/testing'
import { expect, test } from 'vitest'

import { contentsOf } from '@net/files/testing'

const options = { delete: 'all', retry: false } as const

/** Trees for which both spellings are one, and the spellings. */
const trees = [
  ['letters', { letterCase: 'ignored' }, 'foo', 'FOO'],
  ['accents', { unicodeForm: 'ignored' }, 'caf\u00e9', 'cafe\u0301'],
  ['accents that the tree changes', { unicodeForm: 'NFD' }, 'caf\u00e9', 'cafe\u0301'],
] as const satisfies readonly (readonly [string, MemoryCapabilities, string, string])[]

/** The source, in which names were spelled differently once, and what the target has of it. */
async function pairOf(
  can: MemoryCapabilities,
  [before, now]: readonly [string, string],
  content: string,
): Promise<readonly [RemoteFiles, RemoteFiles]> {
  const to = memoryFiles({ can })
  await mirror(memoryFiles({ contents: treeOf(before, 'old') }), to)
  return [memoryFiles({ contents: treeOf(now, content) }), to]
}

function treeOf(name: string, content: string): Record<string, string> {
  return { [name]: content, [`in-${name}/${name}`]: content, [`in-${name}/other`]: 'the same' }
}

/** What is there, whatever the spelling. */
async function plainOf(files: RemoteFiles): Promise<Record<string, string>> {
  const found = Object.entries(await contentsOf(files))
  return Object.fromEntries(
    found.map(([path, text]) => [path.normalize('NFC').toLowerCase(), text]),
  )
}

test.each(trees)(
  'a file and a folder of which only the %s changed stay, under the spelling of the target',
  async (_, can, before, now) => {
    for (const content of ['old', 'new content']) {
      const [from, to] = await pairOf(can, [before, now], content)
      const spelled = Object.keys(await contentsOf(to)).toSorted()
      const report = await mirror(from, to, { ...options, compare: 'hash' })
      expect(report).toMatchObject({ removed: 0, made: 0, failed: 0 })
      expect(await plainOf(to)).toEqual(await plainOf(from))
      expect(Object.keys(await contentsOf(to)).toSorted()).toEqual(spelled)
      const again = await mirror(from, to, { ...options, compare: 'hash' })
      expect(again).toMatchObject({ transferred: 0, removed: 0, made: 0, replaced: 0 })
    }
  },
)

test.each(trees)(
  'where only the %s changed, a fault at any call costs no file its content',
  async (_, can, before, now) => {
    let moments = Infinity
    for (let broken = 1; broken <= moments; broken++) {
      const [from, to] = await pairOf(can, [before, now], 'new content')
      let passed = 0
      const failing = faultyFiles(to, {
        at() {
          if (++passed === broken) throw new Error('a fault')
        },
      })
      await mirror(from, failing, options).catch(() => {})
      const key = before.normalize('NFC')
      const found = await plainOf(to)
      for (const path of [key, `in-${key}/${key}`]) {
        expect(['old', 'new content']).toContain(found[path])
      }
      expect(found[`in-${key}/other`]).toBe('the same')
      await mirror(from, to, options)
      expect(await plainOf(to)).toEqual(await plainOf(from))
      // A run without a fault tells how many moments there are.
      if (passed < broken) moments = passed
    }
    expect(moments).toBeGreaterThan(20)
  },
)

test('both spellings in the source of a target that tells them apart are two files', async () => {
  const from = memoryFiles({ contents: { foo: '1', FOO: '2' } })
  const to = memoryFiles()
  await mirror(from, to, options)
  await from.write('foo', fromText('one'))
  await mirror(from, to, options)
  expect(await contentsOf(to)).toEqual({ foo: 'one', FOO: '2' })
})
