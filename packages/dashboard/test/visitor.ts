/* A visitor of a dashboard in tests: sends what a browser with our page would send, unless told otherwise. */

import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

import type { Dashboard } from '../src/attach.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  json(): unknown
}

export interface Visit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export function headersOf({ url }: Dashboard): Record<string, string> {
  const { origin, host, hash } = new URL(url)
  return { host, origin, authorization: `Bearer ${hash.slice(1)}` }
}

export function open(
  dashboard: Dashboard,
  path: string,
  visit: Visit = {},
): Promise<IncomingMessage> {
  const headers = { ...headersOf(dashboard), ...visit.headers }
  return new Promise((resolve, reject) => {
    const { port } = dashboard
    const call = request({ host: '127.0.0.1', port, path, method: visit.method ?? 'GET', headers })
    call.on('response', resolve)
    call.on('error', reject)
    call.end(visit.body)
  })
}

export async function ask(dashboard: Dashboard, path: string, visit: Visit = {}): Promise<Answer> {
  const response = await open(dashboard, path, visit)
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  const { statusCode: status = 0, headers } = response
  return { status, headers, text, json: () => JSON.parse(text) as unknown }
}

export function post(dashboard: Dashboard, path: string, value: unknown = {}): Promise<Answer> {
  return ask(dashboard, path, { method: 'POST', body: JSON.stringify(value) })
}

/** Reads a stream until something stands in it; ends it then. */
export async function until(response: IncomingMessage, wanted: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk)
    if (wanted.test(text)) break
  }
  response.destroy()
  return text
}
