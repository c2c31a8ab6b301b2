/* The files of the page. They are served as they are: plain modules, which no build has to make first. */

import { extname } from 'node:path'

import { pageText } from './page-text.ts'

/** A file of the page with its media type. */
export interface PageFile {
  readonly type: string
  readonly content: Uint8Array
}

/** The file of that name; undefined if the page has none. */
export function pageFile(name: string): PageFile | undefined {
  const type = TYPES[extname(name)]
  if (type === undefined || !Object.hasOwn(pageText, name)) return undefined
  return { type, content: Buffer.from(pageText[name] ?? '') }
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
