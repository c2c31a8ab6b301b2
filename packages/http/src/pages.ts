/* Answers page by page: each names the next one by a link (RFC 8288). It must not know how a page is asked for. */

import { argument, netError, option } from '@net/core/authoring'

import type { RequestOptions } from './client-options.ts'
import { HttpHeaders, isHarmless } from './headers.ts'
import type { HttpResponse } from './response.ts'

/** How pages are walked through. */
export interface PageRules {
  /** How many pages at most. */
  readonly most: number
  /** Asks for the first page, then for the URL of the next one; `foreign`: of another origin than the first. */
  readonly ask: (next?: { readonly url: URL; readonly foreign: boolean }) => Promise<HttpResponse>
}

/**
 * The pages, the first one first. Throws `NET_PROTO_UNEXPECTED` where the next page is one that was there before, or there
 * are too many; `NET_REDIRECT_FORBIDDEN` where https leads to http, `NET_PROTO_MALFORMED` for links that cannot be read.
 */
export async function* pagesBy({ most, ask }: PageRules): AsyncGenerator<HttpResponse, void> {
  let response = await ask()
  const home = new URL(response.url)
  const seen = new Set([response.url])
  for (let count = 1; ; count++) {
    // Read before the page is given: the caller may be done with it then.
    const next = nextOf(response)
    yield response
    if (next === undefined) return
    if (count >= most) throw unexpected(`there are more than ${most} pages`)
    if (seen.has(next.href))
      throw unexpected(`the next page is one that was there before: ${next.origin}${next.pathname}`)
    seen.add(next.href)
    if (home.protocol === 'https:' && next.protocol !== 'https:') throw unsafe()
    response = await ask({ url: next, foreign: next.origin !== home.origin })
  }
}

/** The option `maxPages`. Throws `NET_BAD_OPTION`. */
export function mostPages(given: number | undefined): number {
  return given === undefined ? MOST_PAGES : argument('maxPages', option.count, given)
}

/** The options of the call for a further page: its URL has its parameters; another origin gets nothing that is secret. */
export function pageOptions(first: RequestOptions, foreign: boolean): RequestOptions {
  if (!foreign) return { ...first, params: undefined }
  const headers = new HttpHeaders(first.headers).filter(isHarmless)
  return { ...first, ...NOTHING_SECRET, headers }
}

function nextOf(response: HttpResponse): URL | undefined {
  try {
    const link = response.links['next']
    if (link === undefined) return undefined
    const url = URL.parse(link.url)
    if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) {
      url.hash = ''
      return url
    }
    throw netError('NET_PROTO_MALFORMED', {
      message: 'the link to the next page is no URL of http',
      sent: true,
    })
  } catch (error) {
    response.body.cancel()
    throw error
  }
}

function unexpected(why: string): Error {
  return netError('NET_PROTO_UNEXPECTED', { message: why, sent: true })
}

function unsafe(): Error {
  return netError('NET_REDIRECT_FORBIDDEN', {
    message:
      'the next page is at http, and the pages came over https; the server may not know its own URL: build the URLs from baseUrl',
  })
}

const NOTHING_SECRET = {
  params: undefined,
  auth: undefined,
  user: undefined,
  password: undefined,
  cookies: undefined,
} as const
const MOST_PAGES = 10_000
