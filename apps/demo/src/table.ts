/* Columns of text, as wide as their widest cell. */

import { cutTo } from './screen.ts'

/**
 * The rows as lines under a header; columns whose name begins with '>' are right-aligned. Where the lines would be longer than
 * `width`, the widest columns give way.
 */
export function drawTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string[] {
  const right = header.map((name) => name.startsWith('>'))
  const names = header.map((name) => name.replace(/^>/, ''))
  const widths = names.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  let over = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width
  for (; over > 0 && Math.max(...widths) > 1; over--) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  const line = (cells: readonly string[]): string =>
    widths
      .map((size, column) => {
        const cell = cutTo(size, cells[column] ?? '')
        return right[column] === true ? cell.padStart(size) : cell.padEnd(size)
      })
      .join(GAP)
      .trimEnd()
  return [line(names), widths.map((size) => '─'.repeat(size)).join(GAP), ...rows.map(line)]
}

const GAP = '  '
