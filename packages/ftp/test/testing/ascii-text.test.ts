import { expect, test } from 'vitest'

import { asLines, asText } from '../../src/testing/ascii-text.ts'

test('line ends of the network, and back', () => {
  const lines = asLines(Buffer.from('a\nb\r\nc'))
  expect(Buffer.from(lines).toString()).toBe('a\r\nb\r\nc')
  expect(Buffer.from(asText(lines)).toString()).toBe('a\nb\nc')
})
