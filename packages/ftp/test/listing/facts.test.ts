import { expect, test } from 'vitest'

import { isAboutItself, parseFacts, parseSize, parseTime } from '../../src/listing/facts.ts'

test('reads facts in any case and order, and names with spaces and semicolons', () => {
  expect(
    parseFacts(
      'Size=12;Type=file;Modify=20260102030405.678;UNIX.mode=0640;UNIX.owner=joe;UNIX.group=staff; a b;c =d',
    ),
  ).toEqual({
    name: 'a b;c =d',
    type: 'file',
    size: 12,
    modified: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    mode: 0o640,
    user: 'joe',
    group: 'staff',
  })
})

test('reads folders, links and what is neither', () => {
  expect(parseFacts('type=dir; in')).toEqual({ name: 'in', type: 'folder' })
  expect(parseFacts('type=OS.unix=slink:/etc/x; l')).toEqual({
    name: 'l',
    type: 'link',
    target: '/etc/x',
  })
  expect(parseFacts('type=OS.unix=symlink; l')).toEqual({ name: 'l', type: 'link' })
  expect(parseFacts('type=OS.unix=chr-1/3; null').type).toBe('other')
  expect(parseFacts(' nothing known')).toEqual({ name: 'nothing known', type: 'other' })
})

test('knows the lines about the folder itself', () => {
  expect(isAboutItself('modify=20260101000000;type=cdir; /in')).toBe(true)
  expect(isAboutItself('type=pdir; ..')).toBe(true)
  expect(isAboutItself('type=dir; type=cdir;')).toBe(false)
})

test.each(['-5', '1e400', '12abc', '', ' 5', '0x10', '9007199254740993', '99999999999999999'])(
  '[H-FTP-21] a size of "%s" is refused',
  (size) => {
    expect(() => parseSize(size)).toThrow(expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }))
  },
)

test.each([
  'garbage',
  '2026',
  '20261301000000',
  '20260132000000',
  '20260101250000',
  '20260101000000x',
])('[H-FTP-21] a time of %s is refused', (time) => {
  expect(() => parseTime(time)).toThrow(expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }))
})

test('a line without a name, or with facts that make no sense, is refused', () => {
  for (const line of ['', 'type=file;size=5;name', 'size=-1; x', 'modify=never; x']) {
    expect(() => parseFacts(line)).toThrow(expect.objectContaining({ code: 'NET_PROTO_MALFORMED' }))
  }
})
