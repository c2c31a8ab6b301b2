/* What belongs to one call while it travels through the layers: its operation, its client's connections, its limits. */

import type { AsyncResource } from 'node:async_hooks'

import type { ErrorContext } from '@net/core'
import type { OpenOperation } from '@net/core/authoring'

import type { HttpConnection } from './connection.ts'
import type { CallCookies } from './cookies/call-cookies.ts'
import type { Handler } from './handler.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'
import type { Settings } from './settings.ts'

/** Hears how a part of a call went, once. */
export interface Outcome {
  answered(response: HttpResponse): void
  failed(error: unknown): void
}

/** One call. */
export interface Call {
  readonly op: OpenOperation
  /** When it began, by the clock. */
  readonly started: number
  /** What errors say about it. */
  readonly context: ErrorContext
  readonly settings: Settings
  /** The owner of its secrets. */
  readonly secrets: number
  /** The caller's. */
  readonly signal: AbortSignal | undefined
  /**
   * The async context of the caller (AsyncLocalStorage). What a connection tells comes in the context of the call that made
   * it; what the caller hears of that has to be told here.
   */
  readonly frame: AsyncResource
  readonly cookies: CallCookies | undefined
  /** Whether redirects are followed within a journey. */
  readonly followsRedirects: boolean
  /** What answers the request in place of a server; undefined if nothing does. */
  handlerFor(request: HttpRequest): Handler | undefined
  /** A connection to the target of the request, used by no other call; `fresh` for one that was never used. */
  lease(request: HttpRequest, fresh: boolean): HttpConnection | Promise<HttpConnection>
}
