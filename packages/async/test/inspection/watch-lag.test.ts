import { watchLag } from '@net/async'
import { captureEvents } from '@net/core/testing'
import { expect, test } from 'vitest'

import { startProgram } from '../program.ts'

/** Keeps the event loop from turning for so long, which no fake clock can do. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

test('[ASYNC-50] a blocked event loop is reported as a warning event and to onLag', async () => {
  using captured = captureEvents()
  const delay = await new Promise<number>((resolve) => {
    const watch = watchLag({
      threshold: 20,
      onLag: (lag) => {
        expect(watch.longest).toBeGreaterThanOrEqual(lag)
        watch[Symbol.dispose]()
        resolve(lag)
      },
    })
    block(60)
  })
  expect(delay).toBeGreaterThan(20)
  const warnings = captured.events.filter(({ type }) => type === 'operation')
  expect(warnings).toMatchObject([
    {
      state: 'warning',
      protocol: 'async',
      operation: 'watchLag',
      message: `the event loop was blocked for ${Math.round(delay)} ms`,
    },
  ])
})

test('[ASYNC-50] logTo prints it; the watch does not keep the process alive', async () => {
  await using program = await startProgram(`
    import { watchLag } from '@net/async'
    import { consoleSink, logTo } from '@net/core'
    logTo(consoleSink())
    const watch = watchLag({ threshold: 10 })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    await new Promise((resolve) => { setTimeout(resolve, 10) })
    if (watch.longest < 10) throw new Error('nothing was seen')
    watch[Symbol.dispose]()
    watchLag()
    console.log('done')`)
  expect(await program.line()).toBe('done')
  expect(await program.ended).toMatchObject({ exitCode: 0 })
  expect(program.stderr).toMatch(/warn.*watchLag: the event loop was blocked for \d+ ms/)
})

test('a wrong threshold is refused', () => {
  for (const threshold of [0, -1, Number.NaN]) {
    expect(() => watchLag({ threshold })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
})
