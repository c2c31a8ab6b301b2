import { expect, test } from 'vitest'

import { answerOf } from '../../src/login/offer.ts'

test('a reply that ends an attempt is an answer', () => {
  expect(answerOf({ kind: 'success' })).toEqual({ accepted: true, partial: false, methods: [] })
  expect(answerOf({ kind: 'failure', partial: true, methods: ['password'] })).toEqual({
    accepted: false,
    partial: true,
    methods: ['password'],
  })
  expect(answerOf({ kind: 'key' })).toMatchObject({ accepted: false, methods: [] })
})
