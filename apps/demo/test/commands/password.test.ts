import { afterEach, expect, test, vi } from 'vitest'

import { askedPassword } from '../../src/commands/password.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('the variable is used without asking', async () => {
  vi.stubEnv('NET_PASSWORD', 'from-the-environment')
  expect(typeof askedPassword).toBe('function')
  if (typeof askedPassword !== 'function') return
  expect(await askedPassword({ what: 'password', signal: new AbortController().signal })).toBe(
    'from-the-environment',
  )
})
