import { expect, test, vi } from 'vitest'

import { reportLate } from '../src/report-late.ts'

test('an error that no caller can receive becomes a warning with a code', () => {
  using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  reportLate('it failed', 'text')
  reportLate('it failed', new Error('inner'), 'NET_TASK_LEAKED')
  expect(warned).toHaveBeenNthCalledWith(1, 'it failed: text', { code: 'NET_DISCARD_FAILED' })
  expect(warned).toHaveBeenNthCalledWith(2, expect.stringContaining('inner'), {
    code: 'NET_TASK_LEAKED',
  })
})

test('also one without a text', () => {
  using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  reportLate('it failed', Object.create(null))
  expect(warned).toHaveBeenCalledWith('it failed: what was thrown cannot be read', {
    code: 'NET_DISCARD_FAILED',
  })
})
