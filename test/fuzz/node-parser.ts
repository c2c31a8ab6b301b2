/* Node's parser of HTTP/1.1 (llhttp), on bytes alone: what our codec is compared with. */

import { createRequire } from 'node:module'

import type { Read } from './http1-classes.ts'

interface Parser {
  initialize(type: number, resource: object): void
  execute(bytes: Buffer): unknown
  finish(): unknown
  [event: number]: unknown
}

interface Parsers {
  new (): Parser
  readonly RESPONSE: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

// No public name leads to it.
const { HTTPParser } = createRequire(import.meta.url)('_http_common') as { HTTPParser: Parsers }

/** How Node reads an answer to GET that the end of the connection follows. */
export function readByNode(bytes: Buffer): Read {
  const read: Read = { heads: [], body: '', ended: 0 }
  const parser = new HTTPParser()
  parser.initialize(HTTPParser.RESPONSE, {})
  parser[HTTPParser.kOnHeaders] = (): void => {}
  parser[HTTPParser.kOnHeadersComplete] = (
    ...[, , fields, , , status]: [unknown, unknown, string[], unknown, unknown, number]
  ): number => {
    read.heads.push([status, ...fields])
    return 0
  }
  parser[HTTPParser.kOnBody] = (chunk: Buffer): void => {
    read.body += chunk.toString('latin1')
  }
  parser[HTTPParser.kOnMessageComplete] = (): void => {
    read.ended += 1
  }
  const failure = [parser.execute(bytes), parser.finish()].find((result) => result instanceof Error)
  return failure === undefined ? read : { ...read, error: String(Reflect.get(failure, 'code')) }
}
