/* An answer that no server gave. */

import { option, optionsDoor } from '@net/core/authoring'

import { wholeBody } from './body.ts'
import { headersShape, HttpHeaders, type HeaderFields } from './headers.ts'
import { ClientResponse, readingRules, type HttpResponse } from './response.ts'

/** What `createResponse` makes an answer of; at most one of `json`, `text` and `bytes`. */
export interface ResponseContent {
  /** Default 200. */
  readonly status?: number | undefined
  readonly statusText?: string | undefined
  readonly headers?: HeaderFields | undefined
  readonly json?: unknown
  readonly text?: string | undefined
  readonly bytes?: Uint8Array | undefined
}

/** An answer that no server gave, for `handler` and for middleware that answers by itself. Throws like `HttpHeaders`. */
export function createResponse(content?: ResponseContent): HttpResponse {
  const { json, headers: fields, status = 200, statusText = '', ...given } = contentOptions(content)
  const text = json === undefined ? given.text : JSON.stringify(json)
  const bytes = text === undefined ? (given.bytes ?? new Uint8Array()) : Buffer.from(text, 'utf8')
  const headers = new HttpHeaders(fields)
  const typed = json === undefined || headers.has('content-type')
  return new ClientResponse({
    status,
    statusText,
    url: '',
    headers: typed ? headers : headers.with({ 'content-type': 'application/json' }),
    history: [],
    timings: { reused: false, connected: 0, answered: 0 },
    body: wholeBody(bytes),
    rules: readingRules(undefined, { protocol: 'http' }),
  })
}

const contentOptions = optionsDoor<ResponseContent>(
  { protocol: 'http', call: 'createResponse' },
  {
    status: option.between(100, 999),
    statusText: option.text,
    headers: headersShape,
    json: option.anything,
    text: option.text,
    bytes: option.binary,
  },
  { body: ['text', 'bytes'], statusCode: 'status' },
)
