import { expect, test } from 'vitest'

import { PACKET } from '../../../src/sftp/packets.ts'
import { readExtensions, readReply } from '../../../src/sftp/replies.ts'
import {
  attributesAnswer,
  dataAnswer,
  extendedAnswer,
  handleAnswer,
  namesAnswer,
  statusAnswer,
  versionPacket,
  type SftpAnswer,
} from '../../../src/testing/sftp/sftp-answers.ts'

test('answers are read as they were meant', () => {
  const read = ({ type, body }: SftpAnswer): unknown => readReply(type, [Buffer.from(body)])
  expect(read(statusAnswer(4, 'no'))).toEqual({ type: 'status', code: 4, text: 'no' })
  expect(read(handleAnswer('h'))).toEqual({ type: 'handle', handle: Buffer.from('h') })
  expect(read(dataAnswer(Buffer.from('x')))).toMatchObject({ length: 1 })
  expect(read(attributesAnswer({ size: 5 }))).toMatchObject({ attributes: { size: 5 } })
  expect(read(extendedAnswer(Buffer.from('x')))).toMatchObject({ data: Buffer.from('x') })
  const entry = { name: 'caf\xe9', attributes: { permissions: 0o040755, size: 7 } }
  expect(read(namesAnswer([entry, { ...entry, line: '' }]))).toMatchObject({
    entries: [
      { name: Buffer.from('caf\xe9', 'latin1'), line: expect.stringMatching(/^drwxr-xr-x .* 7 /) },
      { line: '' },
    ],
  })
})

test('the version names the extensions', () => {
  const packet = versionPacket(3, { 'copy-data': '1' })
  expect([packet[4], packet.readUInt32BE(5)]).toEqual([PACKET.VERSION, 3])
  expect([...readExtensions([packet.subarray(9)])]).toEqual([['copy-data', '1']])
})
