import { expect, test } from 'vitest'

import { unsupported } from '../src/refusals.ts'

test('says what the tree cannot do', () => {
  expect(unsupported('set times')).toMatchObject({
    code: 'NET_UNSUPPORTED',
    message: 'this tree cannot set times',
  })
})
