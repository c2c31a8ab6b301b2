/* A row of an error table; apart from the table so that Node's rows and the table do not import each other. */

import type { NetErrorCode } from './codes.ts'
import type { ErrorDetails } from './net-error.ts'

/** One row: when it matches, which code, and what else the foreign error tells. `message` defaults to the foreign one. */
export interface ErrorRow {
  readonly when: (error: Error) => boolean
  readonly code: NetErrorCode
  readonly details?: (error: Error) => Partial<ErrorDetails>
}
