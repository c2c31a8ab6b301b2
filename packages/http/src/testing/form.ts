/* A form of a request read back, with the parser of the platform: what a server that knows browsers makes of it. */

import { createHash } from 'node:crypto'

import type { Reply, RouteExchange } from './route.ts'
import type { SeenRequest } from './seen-request.ts'

/** A field of a form as JSON: `[name, text]`, or `[name, { filename, type, size, sha256 }]` for a file. */
export async function readForm(request: SeenRequest, exchange: RouteExchange): Promise<Reply> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const body = await exchange.bytes()
  try {
    const form = await new Response(Buffer.from(body), { headers }).formData()
    return { json: await Promise.all([...form].map(([name, value]) => field(name, value))) }
  } catch {
    return { status: 400, headers: { 'content-type': 'text/plain' }, body: 'this is no form\n' }
  }
}

async function field(name: string, value: string | File): Promise<readonly [string, unknown]> {
  if (typeof value === 'string') return [name, value]
  const sha256 = createHash('sha256')
    .update(await value.bytes())
    .digest('hex')
  return [name, { filename: value.name, type: value.type, size: value.size, sha256 }]
}
