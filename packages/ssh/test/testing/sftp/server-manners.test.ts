import { expect, test } from 'vitest'

import { MANNERS } from '../../../src/testing/sftp/server-manners.ts'

test('each server refuses in its own words', () => {
  const codes = Object.entries(MANNERS).map(([name, { refusals }]) => [
    name,
    refusals.exists.code,
    refusals.notEmpty.code,
    refusals.notLink.code,
  ])
  expect(codes).toEqual([
    ['openssh', 4, 4, 5],
    ['proftpd', 11, 18, 5],
    ['asyncssh', 4, 4, 5],
    ['rclone', 4, 4, 5],
  ])
})
