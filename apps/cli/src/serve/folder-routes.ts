/* A folder as the routes of a web server for tests: files, and folders as lists of links. */

import { lstat, readdir, readFile } from 'node:fs/promises'

import { safeJoin } from '@net/core'
import type { Reply, Route } from '@net/http/testing'

/** Answers every path with the file of that name; nothing outside of the folder can be reached. */
export function folderRoutes(folder: string): Readonly<Record<string, Route>> {
  return { '*': ({ path }) => replyFor(folder, path) }
}

async function replyFor(folder: string, path: string): Promise<Reply> {
  try {
    const names = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    const file = names.length === 0 ? folder : await safeJoin(folder, ...names)
    const found = await lstat(file)
    if (found.isDirectory()) return await listing(file, path)
    if (!found.isFile()) return MISSING
    return {
      body: await readFile(file),
      ranges: true,
      headers: {
        'content-type': typeOf(path),
        'last-modified': found.mtime.toUTCString(),
        etag: `"${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}"`,
      },
    }
  } catch (error) {
    if (error instanceof Error && ('code' in error || error instanceof URIError)) return MISSING
    throw error
  }
}

async function listing(folder: string, path: string): Promise<Reply> {
  const entries = await readdir(folder, { withFileTypes: true })
  const links = entries.map((entry) => {
    const name = entry.name + (entry.isDirectory() ? '/' : '')
    return `<li><a href="${encodeURIComponent(entry.name)}${entry.isDirectory() ? '/' : ''}">${escapedHtml(name)}</a></li>`
  })
  const title = escapedHtml(path)
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
    },
    body: `<!doctype html><title>${title}</title><h1>${title}</h1><ul>${links.join('\n')}</ul>\n`,
  }
}

/** Text within HTML, of whatever origin. */
export function escapedHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function typeOf(path: string): string {
  return (
    TYPES.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase()) ?? 'application/octet-stream'
  )
}

const MISSING: Reply = {
  status: 404,
  body: 'not found\n',
  headers: { 'content-type': 'text/plain' },
}
const TYPES: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['html', 'text/html; charset=utf-8'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['png', 'image/png'],
  ['svg', 'image/svg+xml'],
  ['txt', 'text/plain; charset=utf-8'],
  ['xml', 'application/xml'],
])
