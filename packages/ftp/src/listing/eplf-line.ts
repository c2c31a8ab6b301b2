/* One line of the Easily Parsed LIST Format: `+i8388621.29609,m824255902,/,` and a TAB before the name. Its times are UTC. */

import type { ListedFile } from './listed-file.ts'

/** What the line says; undefined if it is not of this format. */
export function readEplfLine(line: string): ListedFile | undefined {
  const [, facts = '', name] = /^\+([^\t]{0,500})\t([^]+)$/.exec(line) ?? []
  if (name === undefined) return undefined
  let type: ListedFile['type'] = 'file'
  let size: number | undefined
  let modified: number | undefined
  let mode: number | undefined
  for (const fact of facts.split(',')) {
    if (fact === '/') type = 'folder'
    else if (/^s\d{1,15}$/.test(fact)) size = Number(fact.slice(1))
    else if (/^m\d{1,12}$/.test(fact)) modified = Number(fact.slice(1)) * 1000
    else if (/^up[0-7]{3,4}$/.test(fact)) mode = Number.parseInt(fact.slice(2), 8)
  }
  return {
    name,
    type,
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified }),
    ...(mode === undefined ? {} : { mode }),
  }
}
