import { expect, test } from 'vitest'

import { bytesText, progressLine } from '../src/progress-line.ts'

const progress = { transferred: 512, total: 1024, rate: 256, elapsed: 2000, eta: 2000 }

function screenOf(isTTY: boolean): {
  written: string[]
  screen: { isTTY: boolean; write(text: string | Uint8Array): void }
} {
  const written: string[] = []
  return { written, screen: { isTTY, write: (text) => void written.push(String(text)) } }
}

test('on a terminal the line is written over, and stays at the end', () => {
  const { written, screen } = screenOf(true)
  const line = progressLine(screen, 'a.iso')
  line.onProgress(progress)
  line.done()
  expect(written).toEqual([
    '\r\u001b[K  a.iso ████████████░░░░░░░░░░░░ 512 B of 1.0 KiB, 256 B/s, 2 s left',
    '\r\u001b[K',
    '  a.iso ████████████░░░░░░░░░░░░ 512 B of 1.0 KiB, 256 B/s, 2 s left\n',
  ])
})

test('without a terminal only the end is printed', () => {
  const { written, screen } = screenOf(false)
  const line = progressLine(screen, 'a.iso')
  line.onProgress(progress)
  line.onProgress({ transferred: 1024, rate: 512, elapsed: 2000 })
  line.done()
  expect(written).toEqual(['  a.iso 1.0 KiB, 512 B/s\n'])
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1_572_864, '1.5 MiB'],
  [2 ** 50, '1024.0 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
