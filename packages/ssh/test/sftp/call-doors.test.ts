import { expect, test } from 'vitest'

import { doors } from '../../src/sftp/call-doors.ts'

test('options of others are told by the name that they have here', () => {
  for (const [door, given, help] of [
    [doors.upload, { step: () => {} }, 'use onProgress'],
    [doors.download, { callback: () => {} }, 'use onProgress'],
    [doors.mkdir, { parents: true }, 'use recursive'],
    [doors.rename, { overwrite: true }, 'use replace'],
    [doors.readFile, { encoding: 'utf8' }, 'the option of sftp()'],
    [doors.sftp, { encoding: 'ebcdic' }, "'utf8' or 'latin1'"],
  ] as const) {
    expect(() => door(given as never)).toThrow(help)
  }
})

test('a call without options of its own has one door', () => {
  expect(doors.plain('stat')).toBe(doors.plain('stat'))
  expect(() => doors.plain('stat')({ follow: true } as never)).toThrow('no follow')
})
