import { expect, test } from 'vitest'

import { MODERN, OLD, oldDevices } from '../src/algorithm-names.ts'

test('[SSH-12] what no quantum computer breaks comes first', () => {
  expect(MODERN.kex[0]).toBe('mlkem768x25519-sha256')
})

test('[SSH-11] what old devices need comes behind everything else', () => {
  for (const part of ['kex', 'hostKeys', 'ciphers', 'macs'] as const) {
    expect(oldDevices[part]).toEqual([...MODERN[part], ...OLD[part]])
  }
})
