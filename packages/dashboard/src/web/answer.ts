/* Answers of the server, each with the fields that keep a browser from doing more than it should. */

import type { ServerResponse } from 'node:http'

/** Fields of every answer. */
export const SAFETY: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** A document that others wrote, such as a mail: no script, nothing from elsewhere, an origin of its own. */
export const FOREIGN: Readonly<Record<string, string>> = {
  ...SAFETY,
  'content-security-policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
  'cross-origin-resource-policy': 'same-origin',
}

/** Answers with a body. */
export function answer(
  response: ServerResponse,
  body: string | Uint8Array,
  head: {
    readonly type: string
    readonly status?: number
    readonly fields?: Readonly<Record<string, string>>
  },
): void {
  const { type, status = 200, fields = SAFETY } = head
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  response.writeHead(status, { ...fields, 'content-type': type, 'content-length': length })
  response.end(body)
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, value: unknown, status = 200): void {
  answer(response, JSON.stringify(value), { type: 'application/json', status })
}

/** Answers with a sentence. */
export function answerText(response: ServerResponse, text: string, status: number): void {
  answer(response, text, { type: 'text/plain; charset=utf-8', status })
}
