/* Files in memory as routes: with types, tags, dates, conditions and parts. */

import { createHash } from 'node:crypto'

import { clock } from '@net/core/authoring'

import { bytesOfPiece } from './answer.ts'
import type { ReplyPiece, Route } from './route.ts'

/** A route for each file, by its path; their names begin with a slash. */
export function fileRoutes(files: Readonly<Record<string, ReplyPiece>>): Record<string, Route> {
  const modified = new Date(clock().date()).toUTCString()
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, routeOf(path, content, modified)]),
  )
}

function routeOf(path: string, content: ReplyPiece, modified: string): Route {
  const body = bytesOfPiece(content)
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
  const headers = { 'content-type': typeOf(path), etag, 'last-modified': modified }
  return ({ method }) => {
    if (method === 'GET' || method === 'HEAD') return { headers, body, ranges: true }
    return { status: 405, headers: { allow: 'GET, HEAD' } }
  }
}

function typeOf(path: string): string {
  return TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
}
