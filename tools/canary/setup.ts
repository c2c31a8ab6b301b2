// Runs before every test file: a rejection that nobody handles, an uncaught exception or a canary secret in an event,
// an error or the console fails the test in which it happened.
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach } from 'vitest'
import { unwatch, watch } from './watch.ts'

// Files share a process: the hooks are set once, and no file begins with the secrets of another.
const unhandled = unhandledOfProcess()
Reflect.deleteProperty(globalThis, Symbol.for('net.secrets-by-form'))

beforeEach(() => {
  watch()
})

afterEach(async () => {
  // Node reports an unhandled rejection only after the turn in which it happened.
  await turn()
  const leaks = unwatch()
  if (leaks.length > 0) throw new Error(leaks.join('\n'))
  expectNoneUnhandled('in this test')
})

afterAll(async () => {
  // What the tests left behind fails a little later, when nothing of theirs runs any more.
  await wait(20)
  expectNoneUnhandled('after the tests of this file')
})

function expectNoneUnhandled(when: string): void {
  const reasons = unhandled.splice(0)
  if (reasons.length > 0) throw new AggregateError(reasons, `unhandled ${when}`)
}

function unhandledOfProcess(): unknown[] {
  const key = Symbol.for('canary.unhandled')
  const known: unknown = Reflect.get(globalThis, key)
  if (Array.isArray(known)) return known
  const reasons: unknown[] = []
  process.on('unhandledRejection', (reason) => reasons.push(reason))
  process.on('uncaughtException', (error) => reasons.push(error))
  Reflect.set(globalThis, key, reasons)
  return reasons
}
