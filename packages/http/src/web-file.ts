/*
 * One document of a web server as a tree for `@net/files`: a folder with one file in it, which can be read and nothing else. It
 * knows the client's verbs alone.
 */

import type {
  CallOptions,
  RemoteCapabilities,
  RemoteEntry,
  RemoteFiles,
  RemoteReadOptions,
} from '@net/core'
import { inCall, netError, percentDecoded } from '@net/core/authoring'

import { contentRangeOf } from './content-range.ts'
import { HttpStatusError } from './errors.ts'
import type { HttpClient } from './http-client.ts'
import { httpDate } from './http-date.ts'
import { requestUrl } from './request-url.ts'
import type { HttpResponse } from './response.ts'

/** A document as a file of a tree: `copy(at(files, path), folder)`. */
export interface WebFile {
  readonly files: RemoteFiles
  /** Its name, the last part of the URL's path. */
  readonly path: string
}

/**
 * A document of a web server, for the copies of `@net/files`. Redirects are followed. Whatever writes, and a list of anything but
 * the document, rejects with `NET_UNSUPPORTED`. Throws `NET_BAD_URL` for what is no whole URL, and `NET_BAD_NAME` for one whose path
 * ends in a slash.
 */
export function webFile(client: Pick<HttpClient, 'get' | 'head'>, url: string | URL): WebFile {
  return inCall({ protocol: 'http', call: 'webFile' }, () => {
    const { origin, pathname } = requestUrl(url, undefined, () => []).url
    const folder = origin + pathname.slice(0, pathname.lastIndexOf('/'))
    const path = percentDecoded(pathname.split('/').at(-1) ?? '')
    if (path === '' || path.includes('/'))
      throw netError('NET_BAD_NAME', { message: `${pathname} names no file` })
    return { files: new WebFiles(client, { url: String(url), folder, path }), path }
  })
}

interface Document {
  readonly url: string
  readonly folder: string
  readonly path: string
}

class WebFiles implements RemoteFiles {
  readonly name: string
  readonly #client: Pick<HttpClient, 'get' | 'head'>
  readonly #document: Document

  constructor(client: Pick<HttpClient, 'get' | 'head'>, document: Document) {
    this.#client = client
    this.#document = document
    this.name = document.folder
  }

  async capabilities(): Promise<RemoteCapabilities> {
    return {
      letterCase: 'kept',
      unicodeForm: 'kept',
      forbidden: '',
      longestName: Infinity,
      rename: 'none',
      modes: false,
      times: { grain: 1000, canSet: false, zone: 'utc' },
      links: false,
      hashes: [],
      readOffsets: true,
      writeOffsets: false,
      calls: 8,
    }
  }

  async *list(path: string, options?: CallOptions): AsyncGenerator<RemoteEntry, void> {
    if (path !== '') throw refused('list')
    yield await this.stat(this.#document.path, options)
  }

  async stat(path: string, options: CallOptions = {}): Promise<RemoteEntry> {
    if (path === '') return { name: '', path, type: 'folder' }
    this.#check(path)
    await using response = await this.#head(options)
    const size = response.headers.get('content-length')
    const modified = httpDate(response.headers.get('last-modified') ?? '')
    return {
      name: path,
      path,
      type: 'file',
      ...(size === undefined || !/^\d+$/.test(size) ? {} : { size: Number(size) }),
      ...(modified === undefined ? {} : { modified }),
    }
  }

  async *read(path: string, options: RemoteReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    this.#check(path)
    const { start = 0, end, ...call } = options
    if (end !== undefined && end <= start) return
    const range =
      start === 0 && end === undefined
        ? {}
        : { range: `bytes=${start}-${end === undefined ? '' : end - 1}` }
    const headers = { ...IDENTITY, ...range }
    await using response = await this.#client.get(this.#document.url, {
      ...call,
      ...SETTINGS,
      headers,
    })
    yield* within(response, start, end)
  }

  write(): Promise<void> {
    return Promise.reject(refused('write'))
  }

  mkdir(): Promise<void> {
    return Promise.reject(refused('mkdir'))
  }

  remove(): Promise<void> {
    return Promise.reject(refused('remove'))
  }

  rename(): Promise<void> {
    return Promise.reject(refused('rename'))
  }

  setModified(): Promise<void> {
    return Promise.reject(refused('setModified'))
  }

  setMode(): Promise<void> {
    return Promise.reject(refused('setMode'))
  }

  symlink(): Promise<void> {
    return Promise.reject(refused('symlink'))
  }

  readLink(): Promise<string> {
    return Promise.reject(refused('readLink'))
  }

  /** The head alone; of a server that refuses HEAD, that of a GET whose body is given up. */
  async #head(options: CallOptions): Promise<HttpResponse> {
    const request = { ...options, ...SETTINGS, headers: IDENTITY }
    try {
      return await this.#client.head(this.#document.url, request)
    } catch (error) {
      if (!(error instanceof HttpStatusError) || ![405, 501].includes(error.status)) throw error
      const response = await this.#client.get(this.#document.url, request)
      response.body.cancel()
      return response
    }
  }

  #check(path: string): void {
    if (path === this.#document.path) return
    throw netError('NET_NOT_FOUND', { message: `there is no ${path}`, protocol: 'http' })
  }
}

/** The bytes from `start` to `end`, whether the server sent the range or, as it may, everything. */
async function* within(
  response: HttpResponse,
  start: number,
  end: number | undefined,
): AsyncGenerator<Uint8Array, void> {
  let at = response.status === 206 ? firstOf(response) : 0
  if (at > start) throw unexpected(`the server sent bytes from ${at} on in place of ${start}`)
  for await (const chunk of response.body) {
    const from = Math.max(start - at, 0)
    const to = Math.min((end ?? Infinity) - at, chunk.length)
    at += chunk.length
    if (to > from) yield chunk.subarray(from, to)
    if (end !== undefined && at >= end) return
  }
}

function firstOf({ headers }: HttpResponse): number {
  const range = contentRangeOf(headers)
  if (range === undefined) throw unexpected('the server does not say which part it sends')
  return range.first
}

function unexpected(message: string): Error {
  return netError('NET_PROTO_UNEXPECTED', { message, protocol: 'http' })
}

function refused(operation: string): Error {
  const message = 'a document of a web server can be read, and nothing else'
  return netError('NET_UNSUPPORTED', { message, protocol: 'http', operation })
}

// Also of a client that follows none: the document is what the URL leads to.
const SETTINGS = { decompress: false, redirect: 20 } as const
// A coding would make other bytes and another size of it.
const IDENTITY = { 'accept-encoding': 'identity' }
