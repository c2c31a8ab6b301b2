/* Text in ASCII mode, whole. */

/** Line ends as ASCII mode has them on the wire. */
export function asLines(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')
}

/** The same with the line ends of a file here. */
export function asText(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
}
