import { expect, test } from 'vitest'

import { loadEngine, unsupported } from '../../src/engine/load-engine.ts'

test('the engine is the version that this file was written for', async () => {
  expect(Object.keys(await loadEngine())).toEqual(
    expect.arrayContaining(['Client', 'Server', 'utils']),
  )
})

test('another version is named', () => {
  expect(unsupported()).toMatchObject({ code: 'NET_RUNTIME_UNSUPPORTED' })
})
