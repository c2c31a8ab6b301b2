/* Where a connection is, as its errors tell it, and the limits that it has there. */

import { formatEndpoint, type Endpoint, type Timeout } from '@net/core'
import { limitsFor } from '@net/core/authoring'

import type { SideSpec } from './read-side.ts'

/** What a connection is told by: made once for the many of a server. */
export function placeOf(endpoint: Endpoint, timeout: Timeout | undefined): Place {
  if (last?.of !== endpoint || last.timeout !== timeout) {
    const where = formatEndpoint(endpoint)
    last = {
      of: endpoint,
      timeout,
      limits: limitsFor('session', timeout),
      context: { protocol: endpoint.scheme, target: where, endpoint: where },
    }
  }
  return last
}

/** The place of a connection. */
export interface Place extends Pick<SideSpec, 'limits' | 'context'> {
  readonly of: Endpoint
  readonly timeout: Timeout | undefined
}

let last: Place | undefined
