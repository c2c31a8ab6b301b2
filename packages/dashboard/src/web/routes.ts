/* Which address is which: a table, and the look-up in it. */

import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Access } from './guard.ts'

/** A request on its way through a route. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
  /** What stands in the address where the route's path has a `:name`, decoded, in that order. */
  readonly parts: readonly string[]
}

/** An address, and what it does. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** Such as `/api/operations/:id`. */
  readonly path: string
  readonly access: Access
  readonly run: (exchange: Exchange) => void | Promise<void>
}

/** A route that shows something: a file of the page, or data. */
export function showing(path: string, access: 'page' | 'data', run: Route['run']): Route {
  return { method: 'GET', path, access, run }
}

/** A route that changes something. */
export function changing(path: string, run: Route['run']): Route {
  return { method: 'POST', path, access: 'change', run }
}

/** A route on which processes of the program report. */
export function reporting(path: string, run: Route['run']): Route {
  return { method: 'POST', path, access: 'process', run }
}

/** A route that fits, with what its `:names` stand for; or why none does. */
export type Found = { readonly route: Route; readonly parts: readonly string[] } | 404 | 405

/** Looks an address up. */
export function findRoute(routes: readonly Route[], method: string, path: string): Found {
  let isKnown = false
  for (const route of routes) {
    const parts = partsOf(route.path, path)
    if (parts === undefined) continue
    // HEAD is answered as GET; Node leaves the body out.
    if (route.method === (method === 'HEAD' ? 'GET' : method)) return { route, parts }
    isKnown = true
  }
  return isKnown ? 405 : 404
}

function partsOf(pattern: string, path: string): readonly string[] | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const parts: string[] = []
  for (const [at, name] of wanted.entries()) {
    const text = given[at] ?? ''
    if (!name.startsWith(':')) {
      if (name !== text) return undefined
      continue
    }
    const decoded = decodedPart(text)
    if (decoded === undefined) return undefined
    parts.push(decoded)
  }
  return parts
}

function decodedPart(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // It is no address of ours.
    return undefined
  }
}
