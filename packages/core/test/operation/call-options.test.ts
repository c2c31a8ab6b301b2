import type { CallOptions } from '@net/core'
import { operation, option, optionsDoor } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

const door = optionsDoor<CallOptions>({ protocol: 'test', call: 'GET' }, option.perCall)
const spec = { protocol: 'test', operation: 'GET', kind: 'command' } as const

describe.each<[string, unknown, string]>([
  ['signal', new AbortController(), 'signal must be an AbortSignal'],
  ['signal', 'x', 'signal must be an AbortSignal'],
  ['timeout', '10s', 'timeout must be a number of milliseconds above 0, or an object'],
  ['timeout', null, 'timeout must be a number of milliseconds above 0, or an object'],
  ['timeout', { conect: 1 }, 'timeout has no conect; did you mean connect?'],
  ['timeout', { connect: '1s' }, 'timeout.connect must be a number of milliseconds above 0'],
  ['retry', true, 'retry must be false, a number of attempts, an object'],
  ['retry', { attempt: 3 }, 'retry has no attempt; did you mean attempts?'],
  ['onProgress', 'x', 'onProgress must be a function'],
])('the option %s as %o', (name, value, message) => {
  const options = { [name]: value } as CallOptions
  const refused = { code: 'NET_BAD_OPTION', message: expect.stringContaining(message) as string }

  test('is refused at the door', () => {
    expect(() => door(options)).toThrow(expect.objectContaining(refused))
  })

  test('is refused by the operation, and nothing runs', async () => {
    const run = operation(spec, options, () => Promise.resolve('ran'))
    await expect(run).rejects.toMatchObject(refused)
    await expect(run).rejects.toThrow(/^test GET: /)
  })
})

test('undefined is the same as a missing option', async () => {
  const nothing = { signal: undefined, timeout: undefined, retry: undefined, onProgress: undefined }
  expect(door(nothing)).toEqual({})
  await expect(operation(spec, nothing, () => Promise.resolve(1))).resolves.toBe(1)
  await expect(
    operation(spec, { timeout: { idle: undefined } }, (op) => Promise.resolve(op.limits.idle)),
  ).resolves.toBe(Infinity)
})
