import { ByteQueue } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { proxyHeader, takeProxyHeader } from '../../src/proxy/proxy-header.ts'
import { thrown } from '../support.ts'

const v4 = { source: at('192.0.2.1', 1025), destination: at('198.51.100.2', 443) }
const v6 = { source: at('2001:db8::1', 1025), destination: at('2001:db8::2', 443) }
const nobody = { source: undefined, destination: undefined }

function at(host: string, port: number) {
  return { scheme: 'tcp', host, port }
}

/** Read in one piece and in two, at every place; what follows stays. */
function taken(header: Uint8Array): ReturnType<typeof takeProxyHeader> {
  const whole = Buffer.concat([header, Buffer.from('rest')])
  let result: ReturnType<typeof takeProxyHeader>
  for (let cut = 0; cut < header.length; cut++) {
    const queue = new ByteQueue()
    queue.push(whole.subarray(0, cut))
    expect(takeProxyHeader(queue)).toBeUndefined()
    queue.push(whole.subarray(cut))
    result = takeProxyHeader(queue)
    expect(Buffer.from(queue.take(queue.length)).toString()).toBe('rest')
  }
  return result
}

test.each([
  [1, v4, 'PROXY TCP4 192.0.2.1 198.51.100.2 1025 443\r\n'],
  [1, v6, 'PROXY TCP6 2001:db8::1 2001:db8::2 1025 443\r\n'],
  [1, nobody, 'PROXY UNKNOWN\r\n'],
] as const)('version %i of %j', (version, header, line) => {
  expect(Buffer.from(proxyHeader(header, version)).toString()).toBe(line)
  expect(taken(Buffer.from(line))).toEqual(header)
})

test.each([
  ['IPv4', v4, '21 11 000c c0000201 c6336402 0401 01bb'],
  ['IPv6', v6, `21 21 0024 20010db8${'0'.repeat(23)}1 20010db8${'0'.repeat(23)}2 0401 01bb`],
  ['nobody', nobody, '20 00 0000'],
] as const)('version 2 of %s', (_name, header, hex) => {
  const bytes = Buffer.from(`0d0a0d0a000d0a515549540a${hex.replaceAll(' ', '')}`, 'hex')
  expect(Buffer.from(proxyHeader(header, 2)).toString('hex')).toBe(bytes.toString('hex'))
  expect(taken(bytes)).toEqual(header)
})

test('what version 2 adds to the addresses is passed over', () => {
  const bytes = Buffer.concat([Buffer.from(proxyHeader(v4, 2)), Buffer.from('0400020000', 'hex')])
  bytes.writeUInt16BE(12 + 5, 14)
  expect(taken(bytes)).toEqual(v4)
})

test('of two families the address that was connected to is left out', () => {
  const mixed = { source: v4.source, destination: v6.destination }
  expect(taken(Buffer.from(proxyHeader(mixed, 1)))?.destination).toEqual(at('0.0.0.0', 0))
})

test.each([
  'GET / HTTP/1.1\r\n',
  'PROXY TCP4 192.0.2.1 198.51.100.2 1025\r\n',
  'PROXY TCP4 2001:db8::1 2001:db8::2 1025 443\r\n',
  'PROXY TCP4 192.0.2.1 198.51.100.2 70000 443\r\n',
  'PROXY TCP4 192.0.2.1 host 1 2\r\n',
  `PROXY UNKNOWN ${'x'.repeat(200)}`,
])('%j is no header', (text) => {
  const queue = new ByteQueue()
  queue.push(Buffer.from(text))
  expect(thrown(() => takeProxyHeader(queue)).code).toBe('NET_PROTO_MALFORMED')
})

test('[H-SOCK-14] a binary header has a limit, a known version, and room for its addresses', () => {
  const codes = [
    ['31110000', 'NET_PROTO_MALFORMED'],
    ['22110000', 'NET_PROTO_MALFORMED'],
    ['21110004c0000201', 'NET_PROTO_MALFORMED'],
    ['21111001', 'NET_PROTO_LIMIT'],
  ] as const
  for (const [hex, code] of codes) {
    const queue = new ByteQueue()
    queue.push(Buffer.from(`0d0a0d0a000d0a515549540a${hex}`, 'hex'))
    expect(thrown(() => takeProxyHeader(queue)).code).toBe(code)
  }
})
