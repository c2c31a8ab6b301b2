import { expect, test } from 'vitest'

import { StoreError } from '../../../src/testing/sftp/sftp-store.ts'

test('an error of a store says what cannot be done', () => {
  expect(new StoreError('missing')).toMatchObject({ fault: 'missing', message: 'missing' })
})
