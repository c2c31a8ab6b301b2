import { expect, test } from 'vitest'

import { contentIdsOf } from '../../src/mime/content-id.ts'

test('finds what the HTML shows, in attributes and styles, decoded', () => {
  const found = contentIdsOf(
    `<img src='cid:a@x'><td background=cid:b><p style="background: url(cid:c%40x)"><a href="cid:d"><img src="cid:100%">`,
  )
  expect([...found]).toEqual(['a@x', 'b', 'c@x', '100%'])
})
