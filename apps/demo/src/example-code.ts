/* The code of a scenario as it stands in its file: what the tour shows is what it runs. */

import { readFileSync } from 'node:fs'

/** The lines within the function `example` of that file, from the margin on. Throws if it has none. */
export function exampleCode(file: string): string[] {
  const lines = readFileSync(new URL(file), 'utf8').split('\n')
  const head = lines.findIndex((line) => /^(?:async )?function\*? example\(/u.test(line))
  // A head of several lines ends with the line that opens the body.
  const open = lines.findIndex((line, at) => at >= head && line.endsWith('{'))
  const end = lines.indexOf('}', open)
  if (head === -1 || open === -1 || end === -1) throw new Error(`${file} has no example`)
  return lines.slice(open + 1, end).map((line) => line.replace(/^ {2}/u, ''))
}
