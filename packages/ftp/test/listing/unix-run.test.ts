import { expect, test } from 'vitest'

import { ListingReader } from '../../src/listing/entries.ts'
import { corpus } from './corpus.ts'

const plan = { folder: 'in', format: 'people', encoding: 'utf8' } as const
const read = (...lines: readonly string[]): ReturnType<ListingReader['read']> =>
  new ListingReader(plan).read(Buffer.from(lines.map((line) => `${line}\n`).join('')))

const LINE = '-rw-r--r--   1 joe      staff        1057 Nov 30 14:35 a name.txt'

test('a line that begins as the one before it is read as if it stood alone', async () => {
  const [first, second] = await read(LINE, LINE.replace('1057', ' 999').replace('a name', 'b'))
  expect(first).toMatchObject({ name: 'a name.txt', size: 1057, user: 'joe', group: 'staff' })
  expect(second).toEqual({ ...first, name: 'b.txt', path: 'in/b.txt', size: 999 })
})

test('whatever is changed in such a line, at whatever place, it is read as if it stood alone', async () => {
  const changes = ['', ' ', '0', ',', 'x', 'd', '/', 'é', '\t']
  for (let at = 1; at < LINE.length; at++) {
    for (const change of changes) {
      const line = LINE.slice(0, at) + change + LINE.slice(at + 1)
      const [, behind] = await read(LINE, line)
      const [alone] = (await read('total 0', line)).slice(-1)
      expect([line, behind]).toEqual([line, alone])
    }
  }
})

test('a listing of every kind of line is read as its lines alone', async () => {
  const alone: unknown[] = []
  for (const { line } of corpus) alone.push(...(await read('total 0', line)))
  const twice = corpus.flatMap(({ line }) => [line, line])
  const entries = await read('total 0', ...twice)
  expect(entries.filter((_, at) => at % 2 === 1)).toEqual(alone)
})
