/* What `fetch` gives for URLs that need no server: `data:` and `blob:` (Fetch standard, sections 4.2 and 6). */

import { resolveObjectURL } from 'node:buffer'
import { MIMEType } from 'node:util'

import { wholeBody } from './body.ts'
import type { FetchedAnswer } from './fetch-response.ts'
import { HttpHeaders } from './headers.ts'

/** Whether a URL is one of these. */
export function isLocalUrl(url: string): boolean {
  return /^(?:data|blob):/i.test(url)
}

/** The answer to one of these. Rejects with a TypeError for one that holds nothing. */
export async function localAnswer(url: string, method: string): Promise<FetchedAnswer> {
  const { type, bytes, isSized } = /^data:/i.test(url) ? dataOf(url) : await blobOf(url, method)
  const length = isSized ? { 'content-length': String(bytes.length) } : {}
  return {
    status: 200,
    statusText: 'OK',
    url: url.replace(/#.*/s, ''),
    history: [],
    headers: new HttpHeaders({ ...length, 'content-type': type }),
    body: wholeBody(bytes),
  }
}

interface Content {
  readonly type: string
  readonly bytes: Uint8Array
  /** Whether its headers say how long it is. */
  readonly isSized: boolean
}

async function blobOf(url: string, method: string): Promise<Content> {
  const blob = method === 'GET' ? resolveObjectURL(url) : undefined
  if (blob === undefined) throw new TypeError('fetch failed: there is no such blob to get')
  return { type: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()), isSized: true }
}

function dataOf(url: string): Content {
  const [, head, coded] = /^data:([^,]*),([^#]*)/is.exec(url) ?? []
  if (head === undefined || coded === undefined)
    throw new TypeError('fetch failed: a data: URL has a comma in front of its data')
  const text = unescaped(coded)
  const type = head.trim()
  const plain = type.replace(/; *base64$/i, '')
  const bytes = plain === type ? text : base64(text.toString('latin1'))
  return { type: typeOf(plain), bytes, isSized: false }
}

/** The bytes, of which some are written as `%41`. */
function unescaped(coded: string): Buffer {
  const latin1 = Buffer.from(coded).toString('latin1')
  const plain = latin1.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(plain, 'latin1')
}

function base64(text: string): Buffer {
  try {
    return Buffer.from(atob(text), 'latin1')
  } catch (cause) {
    throw new TypeError('fetch failed: the data: URL is not valid base64', { cause })
  }
}

function typeOf(given: string): string {
  try {
    return new MIMEType(given.startsWith(';') ? `text/plain${given}` : given).toString()
  } catch {
    return 'text/plain;charset=US-ASCII'
  }
}
