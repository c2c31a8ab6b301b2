import { expect, test } from 'vitest'

import { nameMeant } from '../../src/options/spelling.ts'

const http = ['json', 'body', 'params', 'headers', 'tls', 'maxBytes', 'timeout', 'baseUrl', 'auth']

test.each([
  ['data', 'use json'],
  ['query', 'use params'],
  ['searchParams', 'use params'],
  ['baseURL', 'use baseUrl'],
  ['prefixUrl', 'use baseUrl'],
  ['privateKey', 'use auth: key(…)'],
  ['ca', 'use tls.ca'],
  ['maxbytes', 'did you mean maxBytes?'],
  ['max_bytes', 'did you mean maxBytes?'],
  ['header', 'use headers'],
  ['connTimeout', 'use timeout.connect'],
  ['tiemout', 'did you mean timeout?'],
  ['jso', 'did you mean json?'],
  ['xy', `the options are ${http.join(', ')}`],
])('by %s, %s is meant', (name, meant) => {
  expect(nameMeant(name, http)).toBe(meant)
})

test('a name of another library is explained only where its option exists', () => {
  expect(nameMeant('data', ['user', 'grace'])).toBe('the options are user, grace')
  expect(nameMeant('data', [])).toBe('it has no options')
})

test('what one call says of a name goes before what all say', () => {
  expect(nameMeant('data', http, { data: 'body' })).toBe('use body')
})

test('an endless name costs nothing', () => {
  expect(nameMeant('x'.repeat(1_000_000), http)).toContain('the options are')
})
