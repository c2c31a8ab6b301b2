import { operation } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { drawPicture } from '../src/picture.ts'

test('draws the calls of each scenario with their phases, and says how many it left out', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  const calls = Array.from({ length: 8 }, () =>
    operation({ protocol: 'ftp', operation: 'upload', kind: 'transfer' }, undefined, (op) =>
      op.phase('tls', () => new Promise<void>((resolve) => void clock.after(40, resolve))),
    ),
  )
  await clock.advance(40)
  await Promise.all(calls)
  const picture = drawPicture([
    { title: 'Files <safe>', events: captured.events },
    { title: 'Nothing', events: [] },
  ])
  expect(picture).toContain('>Files &lt;safe&gt;</text>')
  expect(picture.match(/>ftp upload<\/text>/gu)).toHaveLength(6)
  expect(picture.match(/<rect fill="#72b7b2"/gu)).toHaveLength(7)
  expect(picture.match(/>40\.0 ms<\/text>/gu)).toHaveLength(6)
  expect(picture).toContain('>and 2 more</text>')
  expect(picture).not.toContain('Nothing')
})
