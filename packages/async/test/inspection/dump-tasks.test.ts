import { dumpTasks, sleep, taskGroup, trackTasks } from '@net/async'
import { secret } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

const forever = async ({ signal }: { signal: AbortSignal }): Promise<void> =>
  sleep(Infinity, { signal })

test('[ASYNC-49] dumpTasks draws the tree, with ages and states', async () => {
  using clock = useFakeClock()
  expect(dumpTasks()).toBe('0 tasks alive')
  const running = taskGroup(async (group) => {
    group.spawn('server', async ({ signal }) =>
      taskGroup(
        async (inner) => {
          inner.spawn('connection 1', forever)
          inner.spawn('connection 2', forever)
        },
        { signal },
      ),
    )
    group.spawn('ticker', forever)
    await sleep(1500)
    expect(dumpTasks()).toBe(`6 tasks alive
block (running, 1.5 s)
├─ server (running)
│  └─ block (waiting, 1.5 s)
│     ├─ connection 1 (running)
│     └─ connection 2 (running)
└─ ticker (running)`)
    group.cancel()
    expect(dumpTasks()).toContain('└─ ticker (ending)')
  })
  await clock.advance(1500)
  await running
  expect(dumpTasks()).toBe('0 tasks alive')
})

test('[ASYNC-49] where a task was spawned shows while tasks are tracked', async () => {
  using _tracking = trackTasks()
  await taskGroup(async (group) => {
    group.spawn('task', forever)
    expect(dumpTasks()).toMatch(/└─ task \(running, 0\.\d s, spawned at .*dump-tasks\.test\.ts:\d+/)
    group.cancel()
  })
})

test('a name is one line, and shows no secret', async () => {
  const password = secret('hunter22-dump')
  await taskGroup(async (group) => {
    group.spawn('two\nlines hunter22-dump', forever)
    expect(dumpTasks().split('\n')[2]).toBe(String.raw`└─ two\nlines [secret] (running)`)
    group.cancel()
  })
  expect(String(password)).toBe('[secret]')
})
