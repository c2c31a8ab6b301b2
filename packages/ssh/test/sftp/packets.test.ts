import { expect, test } from 'vitest'

import { PACKET, requestNames } from '../../src/sftp/packets.ts'

test('each number has one name', () => {
  expect(requestNames.size).toBe(Object.keys(PACKET).length)
  expect([requestNames.get(3), requestNames.get(200)]).toEqual(['OPEN', 'EXTENDED'])
})
