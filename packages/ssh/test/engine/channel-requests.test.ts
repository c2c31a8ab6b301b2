import { expect, test } from 'vitest'

import {
  breakRequest,
  resizeRequest,
  runRequest,
  signalRequest,
  terminalRequest,
  variableRequest,
} from '../../src/engine/channel-requests.ts'

const hex = ({ type, data }: { type: string; data: Uint8Array }): string =>
  `${type} ${Buffer.from(data).toString('hex')}`

test('each request is written as RFC 4254 has it', () => {
  expect(hex(signalRequest('TERM'))).toBe('signal 000000045445524d')
  expect(hex(variableRequest({ name: 'A', value: '1' }))).toBe('env 00000001410000000131')
  expect(hex(resizeRequest({ columns: 80, rows: 24 }))).toBe(
    'window-change 00000050000000180000000000000000',
  )
  expect(hex(breakRequest(1000))).toBe('break 000003e8')
  expect(hex(terminalRequest({ term: 'x', columns: 80, rows: 24, echo: false }))).toBe(
    'pty-req 00000001780000005000000018000000000000000000000006350000000000',
  )
  expect(hex(runRequest({ kind: 'exec', text: 'ls' }))).toBe('exec 000000026c73')
  expect(hex(runRequest({ kind: 'subsystem', name: 'a' }))).toBe('subsystem 0000000161')
  expect(hex(runRequest({ kind: 'shell' }))).toBe('shell ')
})
