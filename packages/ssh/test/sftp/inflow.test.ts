import { expect, test } from 'vitest'

import { Inflow } from '../../src/sftp/inflow.ts'

test('a channel lets in what its transfers expect together', () => {
  const windows: number[] = []
  const inflow = new Inflow((window) => void windows.push(window))
  inflow.change(1000)
  inflow.change(2000)
  inflow.change(-2000)
  inflow.change(500)
  expect(windows.map((window) => window - 1024 * 1024)).toEqual([1500, 4500, 2250])
})
