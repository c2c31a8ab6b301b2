import { expect, test } from 'vitest'

import { harmless, holdSecret } from '@net/core/authoring'

import { printable, render } from '../../src/errors/render.ts'

test('says what was done, to whom, what happened, where and after how long', () => {
  const parts = { protocol: 'ftp', operation: 'upload', target: 'in/a.csv', what: 'it was refused' }
  expect(render({ ...parts, phase: 'send', elapsed: 12.4 })).toBe(
    'ftp upload in/a.csv: it was refused (send, after 12 ms)',
  )
  expect(render({ what: 'it was refused' })).toBe('it was refused')
  expect(render({ what: 'it was refused', phase: 'tls' })).toBe('it was refused (tls)')
})

test('[H-CORE-20] peer text cannot break a line, drive a terminal or reorder the log', () => {
  expect(printable('a\r\nb\u001b[31mc\u0007d\u009be\u202ef\u2028g\0')).toBe(
    String.raw`a\r\nb\x1b[31mc\x07d\x9be\u202ef\u2028g\x00`,
  )
})

test('a long text is cut, with its length', () => {
  const cut = printable('x'.repeat(5000))
  expect(cut.length).toBeLessThan(2100)
  expect(cut).toMatch(/… \(5000 characters\)$/)
})

test('a secret across the cut is struck out whole', () => {
  const holder = {}
  holdSecret('sesame-open-now', holder)
  expect(harmless(`${'x'.repeat(1995)}sesame-open-now`)).not.toContain('sesam')
  expect(holder).toBeDefined()
})
