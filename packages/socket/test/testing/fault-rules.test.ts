import { option } from '@net/core/authoring'
import { actionWith, FaultRules, type FaultRule, type FaultWord } from '@net/socket/testing'
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from 'vitest'

type Action = FaultWord | 'goodbye' | { readonly reply: string } | { readonly delay: number }

let warn: MockInstance<typeof process.emitWarning>

beforeEach(() => {
  warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
})
afterEach(() => warn.mockRestore())

function rules(check?: (fault: FaultRule<unknown>) => void): FaultRules<FaultRule<Action>> {
  return new FaultRules({
    protocol: 'test',
    actions: [actionWith('reply', { reply: option.text })],
    words: ['goodbye'],
    ...(check === undefined ? {} : { check }),
  })
}

test('a fault happens to what it is for, as often as it says', () => {
  const faults = rules()
  faults.add({ on: 'stor', times: 2, do: 'drop' })
  faults.add({ on: /^RETR .*\.txt$/g, times: 2, do: { reply: '550 no' } })
  expect(faults.at('NOOP')).toBeUndefined()
  expect(faults.at('STOR a')?.do).toBe('drop')
  expect(faults.at('STOR b')?.do).toBe('drop')
  expect(faults.at('STOR c')).toBeUndefined()
  expect(faults.at('RETR a.bin')).toBeUndefined()
  for (const _ of [1, 2]) expect(faults.at('RETR a.txt')?.do).toEqual({ reply: '550 no' })
})

test('without a name it happens to the next thing, and a server may choose by itself', () => {
  const faults = rules()
  faults.add({ do: 'reset' })
  faults.add({ after: 100, do: 'goodbye' })
  expect(faults.take(({ after = 0 }) => after > 0)?.do).toBe('goodbye')
  expect(faults.at('ANY thing')?.do).toBe('reset')
  expect(faults.at('ANY thing')).toBeUndefined()
})

test.each([
  [null, 'an object of options'],
  [{ on: 'NOOP' }, 'do is missing'],
  [{ do: 'explode' }, "{ reply }, { delay }, 'goodbye', 'drop', 'reset'"],
  [{ do: {} }, '{ reply }, { delay }'],
  [{ do: { reply: 5 } }, 'reply must be'],
  [{ do: { delay: -1 } }, 'delay must be'],
  [{ do: { reply: '200', dleay: 5 } }, 'no dleay'],
  [{ do: 'drop', time: 2 }, 'times'],
  [{ do: 'drop', times: 0 }, 'times'],
  [{ do: 'drop', on: 5 }, 'a string or a pattern'],
  [{ do: 'drop', after: '5' }, 'after'],
])('a fault that could never happen is refused: %j', (fault, text) => {
  expect(() => rules().add(fault as never)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      protocol: 'test',
      operation: 'fail',
      message: expect.stringContaining(text),
    }),
  )
})

test('a server may refuse what it cannot do', () => {
  const faults = rules(({ after }) => {
    if (after !== undefined) throw new Error('never after bytes')
  })
  expect(() => faults.add({ after: 5, do: 'drop' })).toThrow('never after bytes')
  faults.end()
  expect(warn).not.toHaveBeenCalled()
})

test('a fault that never happened is reported at the end, once', () => {
  const faults = rules()
  faults.add({ on: /^RETR/, do: 'drop' })
  faults.add({ on: 'NOOP', times: 2, do: { reply: '500 no' } })
  faults.at('NOOP')
  faults.end()
  faults.end()
  expect(warn.mock.calls).toEqual([
    ['test test server: a fault never happened: drop on /^RETR/', { code: 'NET_FAULT_UNUSED' }],
  ])
})
