/* The events of a body, as they come in. */

import type { ErrorContext, NetError } from '@net/core'
import { harmless, leavable, netError } from '@net/core/authoring'

import type { HttpBody } from './body.ts'
import { EventStream, type ServerSentEvent } from './event-stream.ts'
import type { HttpHeaders } from './headers.ts'

/** How events are read. */
export interface EventOptions {
  /** How many characters one event may have, else `NET_PROTO_LIMIT`. Default 1 MiB. */
  readonly maxEventBytes?: number | undefined
}

/** Feeds the body to the stream. Leaving it while it waits for the server gives the body up at once. */
export function readEvents(
  body: HttpBody,
  stream: EventStream,
): AsyncGenerator<ServerSentEvent, undefined> {
  return leavable(eventsOf(body, stream), { leave: () => body.cancel() })
}

async function* eventsOf(
  body: HttpBody,
  stream: EventStream,
): AsyncGenerator<ServerSentEvent, void> {
  const decoder = new TextDecoder()
  try {
    for await (const chunk of body) yield* stream.feed(decoder.decode(chunk, { stream: true }))
  } finally {
    // A limit of ours ends it as well.
    body.cancel()
  }
}

/** The error of an answer that is no stream of events; undefined if it is one. */
export function notEvents(headers: HttpHeaders, context: ErrorContext): NetError | undefined {
  const type = headers.get('content-type') ?? ''
  if (/^\s*text\/event-stream\s*(?:;|$)/i.test(type)) return undefined
  const said = type === '' ? 'without a type' : `of the type ${harmless(type)}`
  const message = `the answer is ${said}, not text/event-stream`
  return netError('NET_PROTO_UNEXPECTED', { message, phase: 'receive', sent: true, ...context })
}

/** The stream of one answer. */
export function eventStream(options: EventOptions | undefined, lastEventId = ''): EventStream {
  return new EventStream(options?.maxEventBytes ?? MOST, lastEventId)
}

const MOST = 1_048_576
