import { expect, test } from 'vitest'

import { findRoute, type Route } from '../../src/web/routes.ts'

const routes = ['/', '/api/operations', '/api/operations/:id', '/api/servers/:name/file'].map(
  (path): Route => ({ method: 'GET', path, access: 'data', run: () => {} }),
)

test.each([
  ['/', '/', []],
  ['/api/operations', '/api/operations', []],
  ['/api/operations/12', '/api/operations/:id', ['12']],
  ['/api/servers/a%20b/file', '/api/servers/:name/file', ['a b']],
])('%s is %s', (path, pattern, parts) => {
  expect(findRoute(routes, 'GET', path)).toMatchObject({ route: { path: pattern }, parts })
})

test('HEAD is a GET, another method is none, and what is not there is not there', () => {
  expect(findRoute(routes, 'HEAD', '/')).toMatchObject({ parts: [] })
  expect(findRoute(routes, 'POST', '/api/operations')).toBe(405)
  expect(findRoute(routes, 'GET', '/api')).toBe(404)
  expect(findRoute(routes, 'GET', '/api/operations/%zz')).toBe(404)
})
