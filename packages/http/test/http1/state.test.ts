import { expect, test } from 'vitest'

import { ExchangeState, type Side, type Step } from '../../src/http1/state.ts'

function after(...steps: readonly (readonly [Side, Step])[]): ExchangeState {
  const state = new ExchangeState()
  for (const [side, step] of steps) state.step(side, step)
  return state
}

const REQUEST = [
  ['client', 'request'],
  ['client', 'end'],
] as const
const RESPONSE = [
  ['server', 'response'],
  ['server', 'data'],
  ['server', 'end'],
] as const

test('an exchange goes from idle to done on both sides, and then on', () => {
  const state = after(...REQUEST)
  expect([state.client, state.server, state.mayGoOn]).toEqual(['done', 'answering', false])
  for (const [side, step] of RESPONSE) state.step(side, step)
  expect([state.client, state.server, state.mayGoOn]).toEqual(['done', 'done', true])
  state.goOn()
  expect([state.client, state.server]).toEqual(['idle', 'idle'])
})

test('an answer may be complete before its request is; then nothing may follow', () => {
  const state = after(['client', 'request'], ...RESPONSE)
  expect([state.client, state.server, state.mayGoOn]).toEqual(['sending', 'done', false])
})

test('where the connection is not kept, whoever is done must close', () => {
  const state = after(['client', 'request'])
  state.keepNot()
  state.step('client', 'end')
  for (const [side, step] of RESPONSE) state.step(side, step)
  expect([state.client, state.server, state.mayGoOn]).toEqual(['mustClose', 'mustClose', false])
  state.step('client', 'close')
  expect(state.client).toBe('closed')
})

test('interim answers change nothing, and a switch ends HTTP for both', () => {
  const state = after(
    ...REQUEST,
    ['server', 'interim'],
    ['server', 'interim'],
    ['server', 'switch'],
  )
  expect([state.client, state.server, state.mayGoOn]).toEqual(['switched', 'switched', false])
})

test.each<[string, readonly (readonly [Side, Step])[], Side, Step]>([
  ['a response without a request has no data', [], 'server', 'data'],
  [
    'an interim answer comes before the final one',
    [...REQUEST, ['server', 'response']],
    'server',
    'interim',
  ],
  ['a second answer', [...REQUEST, ...RESPONSE], 'server', 'response'],
  ['a second request', [...REQUEST], 'client', 'request'],
  ['data behind the end', [...REQUEST], 'client', 'data'],
])('%s', (_name, steps, side, step) => {
  expect(() => after(...steps).step(side, step)).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_UNEXPECTED' }),
  )
})
