import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { defineErrorTable, hasCode, hasMessage, netError, translate } from '@net/core/authoring'

const table = defineErrorTable([
  { when: hasCode('E_BUSY', 421), code: 'NET_CONN_SHUTDOWN' },
  {
    when: hasMessage(/^Timeout/),
    code: 'NET_TIMEOUT_REPLY',
    details: () => ({ message: 'the engine gave up', phase: 'command', limit: 5 }),
  },
])

test('the first row that matches names the code, and the foreign error is the cause', () => {
  const foreign = Object.assign(new Error('go away'), { code: 421 })
  const error = translate(foreign, table, { protocol: 'ftp', operation: 'list' })
  expect(error.code).toBe('NET_CONN_SHUTDOWN')
  expect(error.cause).toBe(foreign)
  expect(error.message).toBe('ftp list: go away')
})

test('what a row knows is nearer to the fault than the context of the call', () => {
  const error = translate(new Error('Timeout (control socket)'), table, {
    phase: 'auth',
    elapsed: 5,
  })
  expect([error.phase, error.limit, error.message]).toEqual([
    'command',
    5,
    'the engine gave up (command, after 5 ms)',
  ])
})

test("Node's own errors are known behind the rows of the engine", () => {
  const foreign = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  expect(translate(foreign, table, {}).code).toBe('NET_CONNECT_REFUSED')
})

test("Node's own errors are known where they are of another realm, as under Jest", () => {
  const foreign: unknown = runInNewContext(
    "Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })",
  )
  expect(translate(foreign, table, {})).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    cause: foreign,
  })
})

test('an error of ours passes with its context completed', () => {
  const ours = netError('NET_BUSY', { message: 'in use' })
  expect(translate(ours, table, { protocol: 'ftp' })).toBe(ours)
  expect(ours.message).toBe('ftp: in use')
})

test('what no row knows is internal, with the thrown value as cause', () => {
  expect(translate(new Error('who knows'), table, {}).code).toBe('NET_INTERNAL')
  const odd = translate('a string', table, {})
  expect([odd.code, odd.cause]).toEqual(['NET_INTERNAL', 'a string'])
})
