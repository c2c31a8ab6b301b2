import { expect, test } from 'vitest'

import { loadEngine, loadServerEngine, unsupported } from '../../src/engine/load-engine.ts'

test('each half of the engine is of the version that this file was written for', async () => {
  expect(Object.keys(await loadEngine())).toEqual(['Client'])
  expect(Object.keys(await loadServerEngine())).toEqual(['Server'])
})

test('another version is named', () => {
  expect(unsupported()).toMatchObject({ code: 'NET_RUNTIME_UNSUPPORTED' })
})
