import { expect, it } from 'vitest'

import { Interruption } from '../src/interruption.ts'

it('has the exit code that shells give to the signal, and 0 for a reader that left', () => {
  expect(new Interruption('SIGINT').exitCode).toBe(130)
  expect(new Interruption('SIGTERM').exitCode).toBe(143)
  expect(new Interruption('SIGHUP').exitCode).toBe(129)
  expect(new Interruption('EPIPE').exitCode).toBe(0)
})
