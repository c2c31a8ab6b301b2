import { expect, test } from 'vitest'

import { parseListing } from '../../src/listing/entries.ts'
import { LineReader } from '../../src/listing/line-reader.ts'
import { corpus } from './corpus.ts'

test('the first line may say how much there is, in any language', () => {
  for (const line of ['total 12', 'insgesamt 12', 'Gesamt: 1.024', 'итого 4', '合計 8K']) {
    const reader = new LineReader()
    expect(reader.read(line)).toBe('known')
    expect(reader.read(line)).toBeUndefined()
  }
})

test('our own reading comes first, and the engine is asked for what it does not know', async () => {
  const reader = new LineReader()
  expect(reader.read('-rw-r--r-- 1 a b 3 Jan 01 2020 x')).toMatchObject({ name: 'x' })
  const windows = '11-14-97  04:21PM                  953 a.txt'
  expect(reader.read(windows)).toMatchObject({ name: 'a.txt', size: 953 })
  expect(await reader.readByEngine(windows)).toMatchObject({ name: 'a.txt', size: 953 })
  expect(await reader.readByEngine('nothing that anybody knows')).toBeUndefined()
})

test('[FTP-40] 400 lines of 20 kinds of servers say what they say', () => {
  expect(corpus).toHaveLength(400)
  expect(new Set(corpus.map(({ kind }) => kind)).size).toBe(20)
  for (const { kind, line, name, type, size } of corpus) {
    const read = new LineReader().read(line)
    expect(read, `${kind}: ${line}`).toMatchObject({ name, type })
    if (size !== undefined) expect(read, `${kind}: ${line}`).toMatchObject({ size })
  }
})

test('each line of them with any of its bytes changed or taken away is still an entry, or is counted', async () => {
  const good = '-rw-r--r-- 1 a b 5 Jan 01 2020 good\r\n'
  for (const [at, { line }] of corpus.entries()) {
    const bytes = Buffer.from(line)
    const lines: Buffer[] = []
    for (let place = at % 3; place < bytes.length; place += 3) {
      const changed = Buffer.from(bytes)
      changed[place] = 0x21 + ((at + place) % 90)
      lines.push(changed, Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]))
    }
    const listing = Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\r\n')]))
    const parsed = await parseListing(Buffer.concat([Buffer.from(good), listing]), {
      folder: '',
      format: 'people',
      encoding: 'utf8',
    })
    const { entries, refused } = parsed
    const framed = lines.filter((each) => new LineReader().read(each.toString()) === 'known')
    expect(entries.length + refused + framed.length).toBeGreaterThanOrEqual(lines.length + 1)
  }
})

test('[H-FTP-20] a long line costs no more than its length, in every format', () => {
  const long = 'x'.repeat(7000)
  let read = 0
  for (const { line } of corpus.filter((_, at) => at % 20 === 0)) {
    for (const each of [
      line + long,
      long + line,
      `${line} ${'1 '.repeat(3500)}`,
      ' '.repeat(7000) + line,
    ]) {
      new LineReader().read(each)
      read++
    }
  }
  // The square of their length would take longer than a test may.
  expect(read).toBe(80)
})
