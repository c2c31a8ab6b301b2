/*
 * Who may ask for what. The page runs in a browser beside every other page that its user has open, so a request proves
 * that it means this server (Host), that our page sent it (Origin), and that it knows the token. Pure: no sockets.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a route needs: `page` are the files of the page, which hold no data. */
export type Access = 'page' | 'data' | 'change' | 'process'

/** Who is let in. */
export interface GuardOptions {
  readonly token: string
  /** Names besides those of loopback under which the page is reached, exactly. */
  readonly allowHosts: readonly string[]
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 400 | 401 | 403
  readonly text: string
}

/** Why a request with these fields may not have the route; undefined when it may. */
export type Guard = (
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  access: Access,
) => Refusal | undefined

/** The guard of a server. */
export function guardOf({ token, allowHosts }: GuardOptions): Guard {
  const hosts = new Set([...LOOPBACK, ...allowHosts.map((name) => name.toLowerCase())])
  const wanted = digest(token)
  return (headers, query, access) => {
    const host = headers.host ?? ''
    if (!hosts.has(nameOf(host))) return hostRefusal(host)
    // A token in an address ends up in histories and logs; ours stands behind the # and is never sent.
    if (query.has('token')) return { status: 400, text: 'The token belongs behind a #, not a ?.\n' }
    if (access === 'page') return undefined
    const given = /^Bearer (.+)$/u.exec(headers.authorization ?? '')?.[1] ?? ''
    if (!timingSafeEqual(digest(given), wanted)) return TOKEN_REFUSAL
    return refusalOfOrigin(headers.origin, host, access)
  }
}

function refusalOfOrigin(
  origin: string | undefined,
  host: string,
  access: Access,
): Refusal | undefined {
  const isOurs = origin === `http://${host}` || origin === `https://${host}`
  // A browser names the origin of whatever changes something; a process of the program has none.
  const isFine =
    access === 'process'
      ? origin === undefined
      : isOurs || (access === 'data' && origin === undefined)
  return isFine ? undefined : ORIGIN_REFUSAL
}

function hostRefusal(host: string): Refusal {
  const name = nameOf(host) || 'its name'
  const text = `This page is not served as ${JSON.stringify(host)}. If that is how you reach it, pass allowHosts: [${JSON.stringify(name)}] to attach(), or set NET_DASHBOARD_ALLOW_HOST.\n`
  return { status: 403, text }
}

/** The name without the port: an attacker who rebinds a name to this machine still sends the name. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/u, '')
}

/** Of equal length whatever was given, as the comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']
const TOKEN_REFUSAL: Refusal = {
  status: 401,
  text: 'The token is missing or wrong. Open the address that the program has printed.\n',
}
const ORIGIN_REFUSAL: Refusal = { status: 403, text: 'Another page asks for this.\n' }
