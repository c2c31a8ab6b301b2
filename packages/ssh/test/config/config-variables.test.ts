import { expect, test } from 'vitest'

import { configVariables } from '../../src/config/config-variables.ts'

test('what SetEnv sets and what SendEnv names goes along, and nothing else', () => {
  const own = { LANG: 'C', LC_ALL: 'de', LC_TIME: 'fr', PATH: '/bin', GONE: undefined }
  const found = configVariables(
    { sendEnv: ['LANG', 'LC_*', '-LC_A*', 'GONE'], setEnv: { LANG: 'fr', APP: '1' } },
    own,
  )
  // A word with a minus takes back words, not names.
  expect(Object.fromEntries(found.map(({ name, value }) => [name, value]))).toEqual({
    LANG: 'fr',
    LC_ALL: 'de',
    LC_TIME: 'fr',
    APP: '1',
  })
  const without = configVariables({ sendEnv: ['LC_*', 'LANG', '-LC*'], setEnv: {} }, own)
  expect(without).toEqual([{ name: 'LANG', value: 'C' }])
})
