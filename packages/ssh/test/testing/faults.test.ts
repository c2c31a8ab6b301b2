import { expect, test } from 'vitest'

import { SshFaults } from '../../src/testing/faults.ts'

test('a fault happens to its step, as often as asked for', () => {
  const faults = new SshFaults()
  faults.add({ on: 'exec ls', do: 'drop', times: 2 })
  faults.add({ on: /^auth/, do: 'reset' })
  expect(faults.at('exec pwd')).toBeUndefined()
  expect([faults.at('exec ls -l'), faults.at('exec ls'), faults.at('exec ls')]).toEqual([
    'drop',
    'drop',
    undefined,
  ])
  expect([faults.at('auth none'), faults.at('auth none')]).toEqual(['reset', undefined])
})

test('faults without a step are those of the next connection', () => {
  const faults = new SshFaults()
  faults.add({ after: 10, do: 'stall' })
  faults.add({ do: 'drop' })
  faults.add({ on: 'kex', do: 'drop' })
  expect(faults.ofConnection()).toHaveLength(2)
  expect(faults.ofConnection()).toHaveLength(0)
  expect(faults.at('kex')).toBe('drop')
})
