/*
 * An answer of ours as the `Response` of the platform. Its constructor refuses some of what servers send, so such parts are
 * put on it afterwards.
 */

import type { HttpResponse } from './response.ts'
import { readerOf, type BodyReader } from './shared-body.ts'

/** What of an answer `fetch` gives. */
export type FetchedAnswer = Pick<
  HttpResponse,
  'status' | 'statusText' | 'url' | 'headers' | 'history' | 'body'
>

/** How a body is read. */
export interface FetchedBody {
  /** The error as the reader gets it. */
  readonly failure: (error: unknown) => unknown
  /** How many bytes may wait for a copy that is not read; default 100 MiB. */
  readonly maxWaiting?: number | undefined
}

/** The answer to a request with this method. */
export function fetchedResponse(
  answer: FetchedAnswer,
  method: string,
  { failure, maxWaiting = MOST_WAITING }: FetchedBody,
): Response {
  const { status, statusText, url, history, body } = answer
  const isEmpty = NULL_BODY.has(status) || method === 'HEAD'
  if (isEmpty) body.cancel()
  const reader = isEmpty ? undefined : readerOf(body, maxWaiting)
  const redirected = history.length > 0
  return responseOf({
    headers: headersOf(answer),
    failure,
    reader,
    status,
    statusText,
    url,
    redirected,
  })
}

interface Seen {
  readonly headers: Headers
  readonly failure: FetchedBody['failure']
  readonly reader: BodyReader | undefined
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly redirected: boolean
}

/** The response with what its constructor would not take; its copies too. */
function responseOf(seen: Seen): Response {
  const { headers, status, statusText, url, redirected, reader, failure } = seen
  const stream = reader === undefined ? null : streamOf(reader, failure)
  const response = new Response(stream, { headers })
  for (const name of ['append', 'delete', 'set'])
    Object.defineProperty(response.headers, name, { value: immutable })
  const fixed = {
    status,
    statusText,
    url,
    redirected,
    ok: status >= 200 && status < 300,
    type: 'basic',
    clone: () => cloneOf(response, seen),
  }
  for (const [name, value] of Object.entries(fixed))
    Object.defineProperty(response, name, { value })
  return response
}

/** Not the platform's, which keeps all that one of the two has not read. */
function cloneOf(response: Response, seen: Seen): Response {
  if (response.bodyUsed || response.body?.locked === true)
    throw new TypeError('the body of the response is being read, or was')
  return responseOf({ ...seen, reader: seen.reader?.fork() })
}

function immutable(): never {
  throw new TypeError('the headers of a response cannot be changed')
}

function headersOf({ headers }: FetchedAnswer): Headers {
  const made = new Headers()
  for (const [name, value] of headers) {
    try {
      made.append(name, value)
    } catch {
      // A value that the platform refuses as a header cannot be read from it.
    }
  }
  return made
}

function streamOf(reader: BodyReader, failure: FetchedBody['failure']): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      type: 'bytes',
      async pull(controller) {
        try {
          const chunk = await reader.next()
          if (chunk === undefined) {
            controller.close()
            controller.byobRequest?.respond(0)
            // The stream takes the memory of what it is given, in which other chunks may lie.
          } else controller.enqueue(Uint8Array.from(chunk))
        } catch (error) {
          controller.error(failure(error))
        }
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  )
}

const MOST_WAITING = 104_857_600
const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])
