/* The verbs for programs that need no client of their own: they share one, made at the first call. */

import type { Sink } from '@net/core'

import { createClient } from './client.ts'
import type { PageOptions, RequestOptions } from './client-options.ts'
import type { DownloadOptions, DownloadResult } from './download-options.ts'
import type { HttpClient } from './http-client.ts'
import type { PendingResponse } from './pending-response.ts'
import type { HttpResponse } from './response.ts'

/** GET (RFC 9110 section 9.3.1). */
export function get(url: string | URL, options?: RequestOptions): PendingResponse {
  return sharedClient().get(url, options)
}

/** POST (RFC 9110 section 9.3.3); not repeated by default. */
export function post(url: string | URL, options?: RequestOptions): PendingResponse {
  return sharedClient().post(url, options)
}

/** PUT (RFC 9110 section 9.3.4). */
export function put(url: string | URL, options?: RequestOptions): PendingResponse {
  return sharedClient().put(url, options)
}

/** PATCH (RFC 5789); not repeated by default. */
export function patch(url: string | URL, options?: RequestOptions): PendingResponse {
  return sharedClient().patch(url, options)
}

/** DELETE (RFC 9110 section 9.3.5). */
export function del(url: string | URL, options?: RequestOptions): PendingResponse {
  return sharedClient().delete(url, options)
}

/** HEAD (RFC 9110 section 9.3.2). */
export function head(url: string | URL, options?: RequestOptions): PendingResponse {
  return sharedClient().head(url, options)
}

/** OPTIONS (RFC 9110 section 9.3.7). */
export function options(url: string | URL, options?: RequestOptions): PendingResponse {
  return sharedClient().options(url, options)
}

/** Fetches a file into a sink, and goes on where it was cut; see `HttpClient.download`. */
export function download(
  url: string | URL,
  sink: Sink,
  options?: DownloadOptions,
): Promise<DownloadResult> {
  return sharedClient().download(url, sink, options)
}

/** Any method, such as `PROPFIND`; methods that are not idempotent (RFC 9110 section 9.2.2) are not repeated by default. */
export function request(
  method: string,
  url: string | URL,
  options?: RequestOptions,
): PendingResponse {
  return sharedClient().request(method, url, options)
}

/** GET page by page; each answer names the next one by `Link` (RFC 8288). */
export function pages(url: string | URL, options?: PageOptions): AsyncIterable<HttpResponse> {
  return sharedClient().pages(url, options)
}

function sharedClient(): HttpClient {
  client ??= createClient()
  return client
}

let client: HttpClient | undefined
