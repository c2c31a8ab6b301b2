import { expect, test } from 'vitest'

import { SftpFaults } from '../../../src/testing/sftp/sftp-faults.ts'

test('a fault strikes the request it is for, behind those that go well', () => {
  const faults = new SftpFaults()
  faults.add({ on: 'WRITE', after: 2, times: 2, do: { status: 4 } })
  faults.add({ on: /^OPEN .*\.csv$/, do: 'stall' })
  const lines = ['WRITE a', 'OPEN a.txt', 'WRITE a', 'write a', 'OPEN a.csv', 'WRITE a', 'WRITE a']
  expect(lines.map((line) => faults.at(line))).toEqual([
    undefined,
    undefined,
    undefined,
    { status: 4 },
    'stall',
    { status: 4 },
    undefined,
  ])
  faults.end()
})

test('what could never happen is refused', () => {
  for (const fault of [{ on: 'READ', do: 'explode' }, { on: 'READ' }, { do: { status: -1 } }]) {
    expect(() => new SftpFaults().add(fault as never)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
})
