import { expect, test } from 'vitest'

import { codes } from '@net/core/authoring'

import { meanings } from '../../src/errors/codes.ts'

test('every code says in two sentences what it means and what to do', () => {
  expect(Object.keys(meanings).toSorted()).toEqual(Object.keys(codes).toSorted())
  for (const text of Object.values(meanings)) expect(text).toMatch(/^[A-Z].*[.;].* .*\.$/)
})

test('[CORE-06] the code alone distinguishes temporary from permanent', () => {
  expect(codes.NET_DNS_TEMPORARY.retry).toBe('safe')
  expect(codes.NET_DNS_NOT_FOUND.retry).toBe('never')
  expect(codes.NET_REPLY_TEMPORARY.retry).toBe('idempotent')
  expect(codes.NET_REPLY_PERMANENT.retry).toBe('never')
})
