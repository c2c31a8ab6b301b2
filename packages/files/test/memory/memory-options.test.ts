import { expect, test } from 'vitest'

import { capabilitiesOf, memoryCapabilities, memoryDoor } from '../../src/memory/memory-options.ts'

test('what is told is over the rest', () => {
  expect(capabilitiesOf()).toEqual(memoryCapabilities)
  expect(capabilitiesOf({ calls: 1, rename: undefined })).toEqual({
    ...memoryCapabilities,
    calls: 1,
  })
  expect(capabilitiesOf({ times: false })).not.toHaveProperty('times')
})

test('what is no capability is refused', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
  expect(() => capabilitiesOf({ letterCase: 'lost' as never })).toThrow(bad)
  expect(() => memoryDoor({ contents: { a: 1 as never } })).toThrow(bad)
})
