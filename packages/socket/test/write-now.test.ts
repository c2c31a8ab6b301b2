import type { Transport } from '@net/socket'
import { expect, test } from 'vitest'

import { DONE } from '../src/handled.ts'
import { writeNow, writeTextNow } from '../src/write-now.ts'

const over = (write: () => Promise<void>): Transport => ({ write }) as unknown as Transport

test('where there is room at once there is nothing to wait for', () => {
  expect(
    writeNow(
      over(() => DONE),
      [],
    ),
  ).toBeUndefined()
})

test('text is written as text, or as bytes where the transport has no way for it', () => {
  const heard: unknown[] = []
  const plain = {
    write: (chunks: readonly Uint8Array[]) => (
      heard.push(Buffer.concat(chunks).toString('hex')),
      DONE
    ),
  }
  const able = { ...plain, writeText: (text: string) => (heard.push(text), DONE) }
  expect(writeTextNow(able as unknown as Transport, 'caf\u00e9')).toBeUndefined()
  expect(writeTextNow(plain as unknown as Transport, 'caf\u00e9')).toBeUndefined()
  expect(heard).toEqual(['caf\u00e9', '636166e9'])
})

test('where there is none, what the transport gives is waited for', async () => {
  const failed = Promise.reject(new Error('lost'))
  expect(
    writeNow(
      over(() => failed),
      [],
    ),
  ).toBe(failed)
  await expect(failed).rejects.toThrow('lost')
})
