import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { Pongs } from '../src/web-socket-pongs.ts'

test('each ping is answered while there is room; of many that wait the last one is', async () => {
  const sent: number[] = []
  const leaving: PromiseWithResolvers<void>[] = []
  const pongs = new Pongs((data) => {
    sent.push(data[0] ?? -1)
    const left = Promise.withResolvers<void>()
    leaving.push(left)
    return left.promise
  })
  const memory = new Uint8Array(1)
  for (let at = 0; at < 100; at++) {
    memory[0] = at
    pongs.answer(memory)
  }
  memory[0] = 255
  expect(sent).toEqual(Array.from({ length: 64 }, (_, at) => at))
  for (const left of leaving.splice(0)) left.resolve()
  await turn()
  expect(sent.slice(64)).toEqual([99])
  for (const left of leaving.splice(0)) left.reject(new Error('lost'))
  await turn()
  pongs.answer(Uint8Array.of(7))
  expect(sent.at(-1)).toBe(7)
})
