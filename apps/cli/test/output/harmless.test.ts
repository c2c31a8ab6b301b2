import { describe, expect, it } from 'vitest'

import { harmless, harmlessLines } from '../../src/output/harmless.ts'

describe('harmless', () => {
  it('[H-APP-01] shows what would drive a terminal, end a line or reorder it', () => {
    expect(harmless('a\u001b[2Jb\u0007\r\n\tc')).toBe('a\\x1b[2Jb\\x07\\r\\n\\tc')
    expect(harmless('\u009b31m\u007f')).toBe('\\x9b31m\\x7f')
    expect(harmless('gpj\u202e.exe\u2066\u2028')).toBe('gpj\\u202e.exe\\u2066\\u2028')
    expect(harmless('\ud800')).toBe('\\ud800')
    expect(harmless('grün 漢字 😀')).toBe('grün 漢字 😀')
  })
})

describe('harmlessLines', () => {
  it('leaves line ends and tabs', () => {
    expect(harmlessLines('a\tb\r\nc\rd\u001b\n')).toBe('a\tb\nc\\rd\\x1b\n')
  })
})
