import { NetError, formatEndpoint, parseEndpoint } from '@net/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { fuzz } from './fuzz.ts'

test('endpoint: any text is an endpoint that survives a round trip, or an error of ours', async () => {
  const pieces = fc.constantFrom(
    'tcp://',
    'unix:',
    '@',
    ':',
    '/',
    '[::1]',
    '127.0.0.1',
    'host',
    '%41',
    '80',
    '99999',
    '?',
    '#',
    '\n',
    'ä',
    '..',
    '',
  )
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.string(),
  )
  await fuzz(text, (input) => {
    try {
      const { endpoint } = parseEndpoint(input, { defaultPort: 1 })
      if (endpoint.scheme === 'unix') return
      const again = parseEndpoint(`${endpoint.scheme}://${formatEndpoint(endpoint)}`)
      expect(again.endpoint).toEqual(endpoint)
    } catch (error) {
      expect(error).toBeInstanceOf(NetError)
    }
  })
})
