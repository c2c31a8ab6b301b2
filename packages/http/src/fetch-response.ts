/*
 * An answer of ours as the `Response` of the platform. Its constructor refuses some of what servers send, so such parts are
 * put on it afterwards.
 */

import type { HttpResponse } from './response.ts'

/** What becomes of the failures of a body. */
export interface FetchedBody {
  /** The error as the reader gets it. */
  readonly failure: (error: unknown) => unknown
}

/** The answer to a request with this method. */
export function fetchedResponse(
  answer: HttpResponse,
  method: string,
  { failure }: FetchedBody,
): Response {
  const { status, statusText, url, history, body } = answer
  const isEmpty = NULL_BODY.has(status) || method === 'HEAD'
  if (isEmpty) body.cancel()
  const response = new Response(isEmpty ? null : streamOf(answer, failure), {
    headers: headersOf(answer),
  })
  return dressed(response, { status, statusText, url, redirected: history.length > 0 })
}

interface Seen {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly redirected: boolean
}

/** The response with what its constructor would not take; its copies too. */
function dressed(response: Response, seen: Seen): Response {
  const { status, statusText, url, redirected } = seen
  const clone = response.clone.bind(response)
  for (const name of ['append', 'delete', 'set'])
    Object.defineProperty(response.headers, name, { value: immutable })
  const fixed = {
    status,
    statusText,
    url,
    redirected,
    ok: status >= 200 && status < 300,
    type: 'basic',
  }
  for (const [name, value] of Object.entries(fixed))
    Object.defineProperty(response, name, { value })
  return Object.defineProperty(response, 'clone', { value: () => dressed(clone(), seen) })
}

function immutable(): never {
  throw new TypeError('the headers of a response cannot be changed')
}

function headersOf({ headers }: HttpResponse): Headers {
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

function streamOf(
  { body }: HttpResponse,
  failure: FetchedBody['failure'],
): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  return new ReadableStream(
    {
      type: 'bytes',
      async pull(controller) {
        try {
          const next = await chunks.next()
          if (next.done === true) {
            controller.close()
            controller.byobRequest?.respond(0)
            // The stream takes the memory of what it is given, in which other chunks may lie.
          } else controller.enqueue(Uint8Array.from(next.value))
        } catch (error) {
          controller.error(failure(error))
        }
      },
      cancel: () => body.cancel(),
    },
    { highWaterMark: 0 },
  )
}

const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])
