import { netError, option, defaultRetry, policyOf } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

const error = netError('NET_CONNECT_REFUSED', { message: 'refused' })

function attemptsOf(policy: ReturnType<typeof policyOf>): number {
  let attempt = 1
  while (
    policy?.delay({ error, attempt, idempotent: true, elapsed: 0 }) !== undefined &&
    attempt < 50
  )
    attempt++
  return attempt
}

describe('the retry option', () => {
  test('is false, a number of attempts, options of a policy, or a policy', () => {
    const policy = { delay: () => undefined }
    expect(policyOf(false)).toBeUndefined()
    expect(attemptsOf(policyOf(5))).toBe(5)
    expect(attemptsOf(policyOf({ attempts: 4, delay: 1 }))).toBe(4)
    expect(policyOf(policy)).toBe(policy)
    expect(attemptsOf(defaultRetry)).toBe(3)
  })

  test('is taken as a policy', () => {
    const taken = option.retry.take(2, 'retry')
    expect(taken).toBe(option.retry.take(2, 'retry'))
    expect(option.retry.take(taken, 'retry')).toBe(taken)
  })

  test.each([true, null, 'often', 0, 1.5, () => 5])('refuses %j', (wrong) => {
    expect(() => option.retry.take(wrong, 'retry', 'defaults')).toThrow(
      /^defaults\.retry must be false, a number of attempts, an object such as/,
    )
  })

  test('names what is wrong inside', () => {
    expect(() => option.retry.take({ attempt: 3 }, 'retry')).toThrow(
      'retry has no attempt; did you mean attempts?',
    )
    expect(() => option.retry.take({ delay: '1s' }, 'retry')).toThrow('retry.delay must be')
  })
})
