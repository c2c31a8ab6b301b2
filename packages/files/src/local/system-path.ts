/*
 * Names as the system has them. A byte that is no text is a lone surrogate in a name (U+DC80 to U+DCFF), as in FTP's
 * listings, so that such a file can be read and removed.
 */

/** The path of a name in a folder, for calls of the system. */
export function systemPath(folder: string, name: string): string | Buffer {
  const path = name === '' ? folder : `${folder}/${name}`
  if (path.isWellFormed()) return path
  return Buffer.concat(Array.from(path, (character) => bytesOf(character)))
}

/** The name that these bytes are. */
export function nameOfBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (!text.includes(REPLACED) || Buffer.from(text, 'utf8').equals(bytes)) return text
  let name = ''
  for (let at = 0; at < bytes.length;) {
    const length = characterAt(bytes, at)
    name += length === 0 ? surrogate(bytes[at] ?? 0) : bytes.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return name
}

/** Whether a name that the system gave as text may have lost bytes. */
export function mayBeLossy(name: string): boolean {
  return name.includes(REPLACED)
}

function bytesOf(character: string): Buffer {
  const code = character.charCodeAt(0)
  const isByte = character.length === 1 && code >= FIRST && code <= LAST
  return isByte ? Buffer.from([code - BASE]) : Buffer.from(character, 'utf8')
}

function surrogate(byte: number): string {
  return String.fromCharCode(BASE + byte)
}

/** How many bytes the character there has; 0 for a byte that begins none. */
function characterAt(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4; length++) {
    const piece = bytes.subarray(at, at + length)
    if (piece.length === length && !piece.toString('utf8').includes(REPLACED)) return length
  }
  return 0
}

const REPLACED = '\ufffd'
const BASE = 0xdc00
const FIRST = 0xdc80
const LAST = 0xdcff
