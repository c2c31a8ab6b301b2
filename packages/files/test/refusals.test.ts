import { expect, test } from 'vitest'

import { sourceChanged, unsupported } from '../src/refusals.ts'

test('says what the tree cannot do', () => {
  expect(unsupported('set times')).toMatchObject({
    code: 'NET_UNSUPPORTED',
    message: 'this tree cannot set times',
  })
})

test('says how a file changed', () => {
  expect(sourceChanged('in/a', 'it is a folder now')).toMatchObject({
    code: 'NET_SIZE_MISMATCH',
    message: 'in/a was changed while it was read: it is a folder now',
  })
})
