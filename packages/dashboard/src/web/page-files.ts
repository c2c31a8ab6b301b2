/* The files of the page. They are served as they are: plain modules, which no build has to make first. */

import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'

/** A file of the page with its media type. */
export interface PageFile {
  readonly type: string
  readonly content: Uint8Array
}

/** The file of that name; undefined if the page has none. Only names of the folder are ever looked up. */
export function pageFile(name: string): PageFile | undefined {
  files ??= new Map(readdirSync(folder()).map((each) => [each, undefined]))
  if (!files.has(name)) return undefined
  const known = files.get(name)
  if (known !== undefined) return known
  const type = TYPES[extname(name)]
  if (type === undefined) return undefined
  const file = { type, content: readFileSync(new URL(name, folder())) }
  files.set(name, file)
  return file
}

/** Beside `src` here and beside `dist` in the package. */
function folder(): URL {
  return new URL(
    import.meta.url.includes('/src/web/') ? '../../page/' : '../page/',
    import.meta.url,
  )
}

let files: Map<string, PageFile | undefined> | undefined

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
