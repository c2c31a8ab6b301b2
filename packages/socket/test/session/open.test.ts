import { defineErrorTable } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'
import { opening, planOpening, type UrlRules } from '@net/socket/authoring'
import { startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

const rules: UrlRules = {
  protocol: 'test',
  errors: defineErrorTable([]),
  schemes: ['test', 'tests', 'unix'],
  defaultPort: { test: 7, tests: 77 },
}

test('user and password are those of the options, else of the URL', async () => {
  const plan = planOpening('test://ada:secret@localhost/folder', {}, rules)
  expect(plan).toMatchObject({
    identity: { protocol: 'test', endpoint: 'localhost:7' },
    endpoint: { scheme: 'test', host: 'localhost', port: 7 },
    path: '/folder',
    user: 'ada',
  })
  expect((await plan.password?.get())?.reveal()).toBe('secret')
  const given = planOpening('test://ada:secret@localhost', { user: 'bob', password: 'x' }, rules)
  expect(given.user).toBe('bob')
  expect((await given.password?.get())?.reveal()).toBe('x')
  expect(planOpening('tests://localhost', {}, rules)).toMatchObject({
    identity: { endpoint: 'localhost:77' },
    user: undefined,
    password: undefined,
  })
  expect(planOpening('test://localhost', {}, { ...rules, defaultUser: 'guest' }).user).toBe('guest')
})

test.each([
  ['http://localhost', {}, 'NET_BAD_URL'],
  ['tests://localhost', { security: 'off' }, 'NET_BAD_OPTION'],
  ['test://localhost', { user: 'a\nb' }, 'NET_INJECTION'],
  ['test://localhost', { password: 'a\nb' }, 'NET_INJECTION'],
] as const)('%s with %o is refused', (url, options, code) => {
  expect(() => planOpening(url, options, rules)).toThrow(expect.objectContaining({ code }))
})

test('connects in one operation', async () => {
  await using server = await startEchoServer()
  using captured = captureEvents()
  const plan = planOpening(server.url.replace('tcp:', 'test:'), {}, rules)
  const transport = await opening(plan, (op) => plan.dialer.dial(plan.endpoint, op.within))
  expect(transport.info.endpoint).toEqual(plan.endpoint)
  await transport.close()
  const begun = captured.of('operation').filter(({ state }) => state === 'start')
  expect(begun.map(({ protocol, operation }) => `${protocol} ${operation}`)).toEqual([
    'test connect',
    'tcp dial',
  ])
})
