import { expect, test, vi } from 'vitest'
import { requireDaemon } from './daemon.ts'

const context = {
  skip: (reason?: unknown): never => {
    throw new Error(`skipped: ${String(reason)}`)
  },
}

test('a program is found by name', () => {
  expect(requireDaemon(context, 'sh')).toMatch(/\/sh$/u)
})

test('one that is missing skips with a reason, and fails where CI is set', () => {
  vi.stubEnv('CI', undefined)
  expect(() => requireDaemon(context, 'no-such-daemon')).toThrow(
    'skipped: no-such-daemon is not installed',
  )
  vi.stubEnv('CI', 'true')
  expect(() => requireDaemon(context, 'no-such-daemon')).toThrow(
    /^no-such-daemon is not installed/u,
  )
  vi.unstubAllEnvs()
})
