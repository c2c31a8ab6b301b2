/* Columns of text, as wide as their widest cell. */

/** The rows as lines under a header; columns whose name begins with '>' are right-aligned. */
export function drawTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const right = header.map((name) => name.startsWith('>'))
  const names = header.map((name) => name.replace(/^>/, ''))
  const widths = names.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? ''
        return right[column] === true ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [line(names), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)]
}
