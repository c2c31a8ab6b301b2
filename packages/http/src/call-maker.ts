/* What a client lends to those of its verbs that are made of several calls or of none, such as a download. */

import type { Operation, OperationSpec } from '@net/core/authoring'

import type { CallsUnderWay } from './calls-under-way.ts'
import type { RequestOptions } from './client-options.ts'
import type { FetchHost } from './fetch.ts'
import type { Asking, PreparedRequest } from './request-factory.ts'
import type { HttpResponse } from './response.ts'
import type { SwitchedConnection, SwitchOptions } from './switching.ts'

/** Makes calls of one client. */
export interface CallMaker extends FetchHost {
  /** What closing the client waits for, and ends. */
  readonly calls: CallsUnderWay
  /** The request of a GET. Throws `ArgumentError`s. */
  prepare(url: string | URL, asking: Asking): PreparedRequest
  /** What an operation on the request is. */
  spec(prepared: PreparedRequest, operation: string, kind: OperationSpec['kind']): OperationSpec
  /** Throws `NET_CLOSED` once the client takes no more calls. */
  mustBeOpen(): void
  /** A GET within an operation, under its limits and without repeats of its own; its body as it is sent. */
  within(op: Operation, url: string | URL, options: RequestOptions): Promise<HttpResponse>
  /** A GET whose body is a stream of events. */
  stream(url: string | URL, options: RequestOptions): Promise<HttpResponse>
  /** Asks the server to go on as a WebSocket. */
  upgradeToWebSocket(url: string | URL, options: SwitchOptions): Promise<SwitchedConnection>
}
