import { expect, test } from 'vitest'

import { placeOf } from '../src/connection-place.ts'

test('the connections of one endpoint share a place, and others have one of their own', () => {
  const endpoint = { scheme: 'tcp', host: '::1', port: 80 } as const
  const place = placeOf(endpoint, { write: 5 })
  expect(place.context).toEqual({ protocol: 'tcp', target: '[::1]:80', endpoint: '[::1]:80' })
  expect(place.limits.write).toBe(5)
  const { timeout } = place
  expect(placeOf(endpoint, timeout)).toBe(place)
  expect(placeOf(endpoint, undefined).limits.write).toBe(60_000)
  expect(placeOf({ ...endpoint, port: 81 }, timeout).context.target).toBe('[::1]:81')
})
