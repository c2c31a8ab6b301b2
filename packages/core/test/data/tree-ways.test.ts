import { LENT_READS, LINK_REMOVAL, SMALL_FILES } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('trees and copies of several installations find each other by the same names', () => {
  expect([LENT_READS, LINK_REMOVAL, SMALL_FILES].map((name) => Symbol.keyFor(name))).toEqual([
    'net.files.lent',
    'net.files.links',
    'net.files.small',
  ])
})
