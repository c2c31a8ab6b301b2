import { expect, test } from 'vitest'

import { parseListing, pathIn } from '../../src/listing/entries.ts'

test('reads facts, without the folder itself', async () => {
  const text = 'type=cdir; /in\r\ntype=pdir; ..\r\ntype=file;size=3; a.txt\r\ntype=dir; .\r\n\r\n'
  expect(await parseListing(Buffer.from(text), 'in', 'facts')).toEqual({
    entries: [{ name: 'a.txt', type: 'file', size: 3, path: 'in/a.txt' }],
    refused: 0,
  })
})

test('a name that leads elsewhere is left out and counted', async () => {
  const text = 'type=file; ../x\ntype=file; /etc/passwd\ntype=file; a/b\ntype=file; c\n'
  const { entries, refused } = await parseListing(Buffer.from(text), '', 'facts')
  expect(entries.map(({ name }) => name)).toEqual(['c'])
  expect(refused).toBe(3)
})

test('reads what is written for people', async () => {
  const text = 'total 1\r\n-rw-r--r-- 1 joe staff 5 Jan  1  2026 a.txt\r\n'
  const { entries } = await parseListing(Buffer.from(text), '/', 'people')
  expect(entries).toMatchObject([{ name: 'a.txt', size: 5, path: '/a.txt' }])
})

test('[H-FTP-20] a line without end is refused', async () => {
  const text = Buffer.from(`type=file; ${'x'.repeat(300_000)}`)
  await expect(parseListing(text, '', 'facts')).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT' })
})

test('[H-FTP-20] a long listing lets others run in between', async () => {
  const line = 'type=file;size=5;modify=20260101000000; some-file.txt\n'
  const text = Buffer.from(line.repeat(50_000))
  let turns = 0
  let done = false
  const count = (): void => {
    turns += 1
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  const { entries } = await parseListing(text, '', 'facts')
  done = true
  expect(entries).toHaveLength(50_000)
  expect(turns).toBeGreaterThan(20)
})

test('paths are made of folder and name', () => {
  expect(['.', '', '/', '/a', 'a'].map((folder) => pathIn(folder, 'x'))).toEqual([
    'x',
    'x',
    '/x',
    '/a/x',
    'a/x',
  ])
})
