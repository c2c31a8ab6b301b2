/* The operation that every dial, handshake and listen is, so that all of them read their options alike. */

import { formatEndpoint, type Endpoint, type Timeout } from '@net/core'
import {
  operation,
  own,
  type ClientContext,
  type ErrorTable,
  type Operation,
} from '@net/core/authoring'

/** The options by which a dial, handshake or listen belongs to a larger call. */
export interface RoadOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeout?: Timeout | undefined
  readonly parent?: number | undefined
  readonly client?: ClientContext | undefined
}

/** What is done, and to whom. */
export interface RoadSpec {
  readonly protocol: string
  readonly operation: string
  readonly endpoint: Endpoint
  readonly errors: ErrorTable
  /** The owner of secrets that are not those of a client. */
  readonly secrets?: number | undefined
}

/** Runs one step of making a road as an operation of its own. */
export function roadOperation<T>(
  spec: RoadSpec,
  options: RoadOptions | undefined,
  run: (op: Operation) => Promise<T>,
): Promise<T> {
  const where = formatEndpoint(spec.endpoint)
  return operation(
    {
      protocol: spec.protocol,
      operation: spec.operation,
      target: where,
      endpoint: where,
      kind: 'session',
      errors: spec.errors,
      parent: own(options, 'parent'),
      client: own(options, 'client'),
      secrets: spec.secrets,
    },
    { signal: own(options, 'signal'), timeout: own(options, 'timeout') },
    run,
  )
}
