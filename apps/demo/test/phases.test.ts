import { expect, test } from 'vitest'

import { PHASES, REST } from '../src/phases.ts'

test('no two phases look the same', () => {
  const looks = [...PHASES.values(), REST]
  for (const key of ['letter', 'name', 'colour', 'terminal'] as const) {
    expect(new Set(looks.map((look) => look[key])).size).toBe(looks.length)
  }
})
