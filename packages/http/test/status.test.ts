import { STATUS_CODES } from 'node:http'

import { createResponse, statusClass, statusCodes } from '@net/http'
import { expect, test } from 'vitest'

test('[HTTP-12] statuses have names, those of the registry that Node knows too', () => {
  expect([statusCodes.ok, statusCodes.notFound, statusCodes.tooManyRequests]).toEqual([
    200, 404, 429,
  ])
  const named = new Set<number>(Object.values(statusCodes))
  const missing = Object.keys(STATUS_CODES).filter((code) => !named.has(Number(code)))
  // Bandwidth Limit Exceeded is in no registry.
  expect(missing).toEqual(['509'])
})

test.each([
  [103, 'informational'],
  [204, 'successful'],
  [308, 'redirection'],
  [418, 'client error'],
  [599, 'server error'],
  [600, undefined],
  [99, undefined],
])('[HTTP-12] %i is %s', (code, expected) => {
  expect(statusClass(code)).toBe(expected)
})

test('[HTTP-12] an answer is compared by name', () => {
  expect(createResponse({ status: 201 }).status === statusCodes.created).toBe(true)
})
