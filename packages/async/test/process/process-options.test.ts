import { expect, test } from 'vitest'

import { planChild, planRun, spawnDoor } from '../../src/process/process-options.ts'

test('planRun has the defaults', () => {
  expect(planRun('ls', ['-l'], {})).toEqual({
    child: {
      command: 'ls',
      args: ['-l'],
      cwd: undefined,
      env: undefined,
      writes: false,
      grace: 2000,
    },
    input: undefined,
    check: false,
    maxBytes: 64 * 1024 * 1024,
    output: 'text',
  })
})

test('planRun makes a text bytes, and leaves a source as it is', () => {
  const text = planRun('ls', [], { input: 'é' })
  expect([text.input, text.child.writes]).toEqual([Buffer.from('é'), true])
  const source = new Blob(['x'])
  expect(planRun('ls', [], { input: source }).input).toBe(source)
})

test('options are read as own properties only', () => {
  const inherited = Object.create({ cwd: '/', env: { A: 'a' } }) as object
  expect(planChild('ls', [], spawnDoor(inherited), true)).toMatchObject({
    cwd: undefined,
    env: undefined,
  })
})
