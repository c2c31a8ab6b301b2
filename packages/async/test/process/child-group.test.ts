import { once } from 'node:events'

import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { startChild, type ChildGroup } from '../../src/process/child-group.ts'

const started = (source: string): Promise<ChildGroup> =>
  startChild({
    command: 'sh',
    args: ['-c', source],
    cwd: undefined,
    env: undefined,
    writes: true,
    grace: 100,
  })

test('a child has pipes and a process group of its own', async () => {
  const child = await started('read line; echo "$line $$"')
  child.stdin?.end('text\n')
  const [printed] = await once(child.stdout.setEncoding('utf8'), 'data')
  expect(printed).toBe(`text ${child.pid}\n`)
  expect(await child.exited).toEqual({ exitCode: 0, exitSignal: undefined })
  await child.settle()
  expect(child.signal(0)).toBe(false)
})

test('stop climbs from SIGTERM to SIGKILL', async () => {
  using clock = useFakeClock()
  const child = await started('trap "" TERM; echo ready; while :; do sleep 1; done')
  await once(child.stdout.resume(), 'data')
  const stopped = child.stop()
  await clock.advance(99)
  expect(child.signal(0)).toBe(true)
  await clock.advance(1)
  await stopped
  expect(await child.exited).toEqual({ exitCode: undefined, exitSignal: 'KILL' })
})

test('a daemon that has left the group delays nothing', async () => {
  using clock = useFakeClock()
  const child = await started('setsid sh -c "echo \\$\\$; exec sleep 1000" & wait')
  const [printed] = await once(child.stdout.setEncoding('utf8'), 'data')
  const stopped = child.stop()
  await clock.until(() => clock.timers > 0)
  await child.exited
  await clock.advance(100)
  await stopped
  expect(process.kill(Number(printed), 'SIGKILL')).toBe(true)
})
