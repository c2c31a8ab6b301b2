import { defineErrorTable, hasCode, hasMessage } from '@net/core/authoring'
import { checkErrors } from '@net/core/testing'
import { expect, test } from 'vitest'

const table = defineErrorTable([
  { when: hasMessage(/denied/), code: 'NET_ACCESS_DENIED' },
  { when: hasCode(550), code: 'NET_NOT_FOUND' },
])
const denied = { error: new Error('permission denied'), code: 'NET_ACCESS_DENIED' } as const
const missing = {
  error: Object.assign(new Error('no such file'), { code: 550 }),
  code: 'NET_NOT_FOUND',
} as const
const refused = {
  error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  code: 'NET_CONNECT_REFUSED',
} as const

test('a table whose rows are all reached by their samples passes', () => {
  expect(() => checkErrors(table, [denied, missing, refused])).not.toThrow()
})

test('a sample that gets another code fails', () => {
  expect(() => checkErrors(table, [denied, { ...missing, code: 'NET_EXISTS' }])).toThrow(
    /became NET_NOT_FOUND by row 1/,
  )
})

test('a row that no sample reaches fails, be it dead, shadowed or untested', () => {
  expect(() => checkErrors(table, [denied])).toThrow(/row 1 \(NET_NOT_FOUND\)/)
  const shadowed = defineErrorTable([
    { when: () => true, code: 'NET_NOT_FOUND' },
    ...table.slice(1, 2),
  ])
  expect(() => checkErrors(shadowed, [missing])).toThrow(/row 1 .* dead, shadowed or untested/)
})

test('a row with a code that does not exist fails', () => {
  const wrong = defineErrorTable([{ when: () => false, code: 'NET_OOPS' as 'NET_BUSY' }])
  expect(() => checkErrors(wrong, [])).toThrow(/unknown code: NET_OOPS/)
})
