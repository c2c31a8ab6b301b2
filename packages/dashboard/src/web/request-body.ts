/* The body of a request, read whole within a limit. */

import type { IncomingMessage } from 'node:http'

/** A body that is longer than it may be, or no JSON. */
export class BodyRefusal extends Error {
  readonly status: 400 | 413

  constructor(status: 400 | 413, message: string) {
    super(message)
    this.status = status
  }
}

/** The JSON of a request of at most so many bytes. Rejects with `BodyRefusal`. */
export async function jsonBody(request: IncomingMessage, most: number): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > most) throw tooLong(most)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > most) throw tooLong(most)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown
  } catch {
    throw new BodyRefusal(400, 'The body is no JSON.')
  }
}

function tooLong(most: number): BodyRefusal {
  return new BodyRefusal(413, `The body is longer than ${most} bytes.`)
}
