import { option } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('has a shape for what every call takes', () => {
  expect(Object.keys(option.perCall).toSorted()).toEqual([
    'onProgress',
    'retry',
    'signal',
    'timeout',
  ])
})
