import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { replyShape, routeShape } from '../../src/testing/route.ts'

test.each([
  [{ code: 200 }, 'routes./a has no code; the options are status, reason, headers, body, json'],
  [{ status: 99 }, 'routes./a.status must be a whole number from 101 to 999'],
  [{ body: 5 }, 'routes./a.body must be text, bytes, or something that gives these piece by piece'],
  [{ interim: [{ status: 200 }] }, 'routes./a.interim[0].status must be a whole number from 100'],
  ['text', 'routes./a must be a reply, such as { status: 204 }, or a function that gives one'],
])('the route %j is refused when the server starts', async (route, message) => {
  await expect(startHttpServer({ routes: { '/a': route as never } })).rejects.toThrow(message)
})

test('a reply and a function are routes', () => {
  expect([
    routeShape.fits({ status: 204 }),
    routeShape.fits(() => ({})),
    routeShape.fits('a'),
  ]).toEqual([true, true, false])
  expect(replyShape.take({ status: 204 }, 'it')).toMatchObject({ status: 204 })
})
