/* Where the demo writes: a terminal, which has a width and colours, or a file or a pipe, which have neither. */

/** A stream that may be a terminal. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string | Uint8Array): unknown
}

/** How wide lines may be: a terminal's own width, at most 80 columns, which is what all else gets. */
export function widthOf({ isTTY, columns }: Screen): number {
  // Some terminals do not know their width, and say 0.
  const known = isTTY === true && columns !== undefined && columns > 0 ? columns : WIDTH
  return Math.min(Math.max(known, NARROWEST), WIDTH)
}

/** Cut to that many columns, with a mark where it was. */
export function cutTo(width: number, text: string): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}

/** The text in lines of at most that many columns, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Bytes as people read them, in powers of 1,024. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length)
  return `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power - 1]}`
}

const WIDTH = 80
const NARROWEST = 40
const UNITS = ['KiB', 'MiB', 'GiB', 'TiB']
