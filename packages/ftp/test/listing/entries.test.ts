import { expect, test } from 'vitest'

import {
  parseListing,
  pathIn,
  type ListingFormat,
  type ParsedListing,
} from '../../src/listing/entries.ts'

const parse = (
  text: string | Buffer,
  folder: string,
  format: ListingFormat,
): Promise<ParsedListing> => parseListing(Buffer.from(text), { folder, format, encoding: 'utf8' })

test('reads facts, without the folder itself', async () => {
  const text = 'type=cdir; /in\r\ntype=pdir; ..\r\ntype=file;size=3; a.txt\r\ntype=dir; .\r\n\r\n'
  expect(await parse(text, 'in', 'facts')).toEqual({
    entries: [{ name: 'a.txt', type: 'file', size: 3, path: 'in/a.txt' }],
    refused: 0,
    unread: 0,
    odd: 0,
    escaped: 0,
    cut: false,
    showsItself: true,
  })
})

test('a name that leads elsewhere is left out and counted', async () => {
  const text = 'type=file; ../x\ntype=file; /etc/passwd\ntype=file; a/b\ntype=file; c\n'
  const { entries, refused } = await parse(text, '', 'facts')
  expect(entries.map(({ name }) => name)).toEqual(['c'])
  expect(refused).toBe(3)
})

test('reads what is written for people', async () => {
  const text = 'total 1\r\n-rw-r--r-- 1 joe staff 5 Jan  1  2026 a.txt\r\n'
  const { entries } = await parse(text, '/', 'people')
  expect(entries).toMatchObject([{ name: 'a.txt', size: 5, path: '/a.txt' }])
})

test('[FTP-40] every line is an entry, and one that cannot be read is counted as well', async () => {
  const text =
    '-rw-r--r-- 1 a b 3 janv. 05 2020 f0\r\n?????????? ? ? ? ? ? f1\r\n11-14-97  04:21PM 953 f2\r\n'
  const { entries, unread } = await parse(text, '', 'people')
  expect(entries.map(({ name }) => name)).toEqual(['f0', '?????????? ? ? ? ? ? f1', 'f2'])
  expect(entries[1]).toMatchObject({ type: 'other', raw: '?????????? ? ? ? ? ? f1' })
  expect(unread).toBe(1)
  const facts = await parse('type=file; a\r\nnonsense\r\nsize=x; b\r\n', '', 'facts')
  expect(facts).toMatchObject({ unread: 1, odd: 1 })
  expect(facts.entries.map(({ name }) => name)).toEqual(['a', 'nonsense', 'b'])
})

test('a listing of which no line can be read is refused, with a line of it', async () => {
  for (const format of ['people', 'facts'] as const) {
    await expect(parse('QSYS 12345 *STMF\r\n', '', format)).rejects.toMatchObject({
      code: 'NET_PROTO_MALFORMED',
      message: expect.stringContaining('QSYS'),
    })
  }
})

test('names that are not UTF-8 stay two names, and have their bytes', async () => {
  const line = (name: string): string => `-rw-r--r-- 1 a b 5 Jan 01 2020 ${name}\r\n`
  const bytes = Buffer.from(line('caf\u00E9') + line('caf\u00E8') + line('plain'), 'latin1')
  const { entries } = await parse(bytes, 'in', 'people')
  expect(
    entries.map(({ nameBytes }) => nameBytes && Buffer.from(nameBytes).toString('latin1')),
  ).toEqual(['caf\u00E9', 'caf\u00E8', undefined])
  expect(new Set(entries.map(({ path }) => path)).size).toBe(3)
  const latin = await parseListing(bytes, { folder: '', format: 'people', encoding: 'latin1' })
  expect(latin.entries[0]).toMatchObject({ name: 'caf\u00E9', path: 'caf\u00E9' })
  expect(latin.entries[0]).not.toHaveProperty('nameBytes')
})

test('a name with a line break in it cannot be used, and is counted', async () => {
  const { entries, refused } = await parse('type=file; a\rb\r\ntype=file; c\r\n', '', 'facts')
  expect(entries.map(({ name }) => name)).toEqual(['c'])
  expect(refused).toBe(1)
})

test('[H-FTP-20] a line without end is refused', async () => {
  const text = Buffer.from(`type=file; ${'x'.repeat(300_000)}`)
  await expect(parse(text, '', 'facts')).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT' })
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
  const { entries } = await parse(text, '', 'facts')
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

test('names of z/OS are joined as z/OS joins them, and never by a slash', async () => {
  expect(pathIn("'USER.DATA'", 'MEM', true)).toBe("'USER.DATA(MEM)'")
  expect(pathIn("'USER'", 'DATA')).toBe("'USER.DATA'")
  expect(pathIn("'USER.*'", 'DATA')).toBe("'USER.DATA'")
  expect(pathIn('in', "'USER.DATA'")).toBe("'USER.DATA'")
  const members = [
    ' Name     VV.MM   Created       Changed      Size  Init   Mod   Id',
    ' MEMBER1  01.03 2002/09/12 2002/10/11 09:37    11    11     0 KIL001',
  ]
  const { entries } = await parse(
    Buffer.from(`${members.join('\r\n')}\r\n`),
    "'USER.LIB'",
    'people',
  )
  expect(entries).toEqual([
    { name: 'MEMBER1', path: "'USER.LIB(MEMBER1)'", type: 'file', user: 'KIL001' },
  ])
})
