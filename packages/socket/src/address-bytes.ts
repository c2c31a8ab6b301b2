/* IP addresses as the bytes that protocols and certificates write them in. */

import { isIPv4 } from 'node:net'

/** The 4 or 16 bytes of an IP address without a zone. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  // The URL standard writes an embedded IPv4 part as hexadecimal groups.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [before = '', after] = canonical.split('::')
  const head = groupsOf(before)
  const tail = groupsOf(after ?? '')
  const zeros = Array.from(
    { length: after === undefined ? 0 : 8 - head.length - tail.length },
    () => 0,
  )
  return Buffer.from([...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 0xff]))
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
