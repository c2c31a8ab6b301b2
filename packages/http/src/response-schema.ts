/* What checks the value of a JSON body. */

import type { ErrorContext } from '@net/core'
import { argument, netError, shape, type Shape } from '@net/core/authoring'

/** A schema of any library that follows Standard Schema (version 1). */
export interface ResponseSchema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>
  }
}

/** What a schema says about a value. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** The value as the schema gives it. Rejects with `NET_PROTO_DECODE` if it refuses the value. */
export async function validated<T>(
  value: unknown,
  schema: ResponseSchema<T>,
  context: ErrorContext,
): Promise<T> {
  const result = argument(
    'what the schema gives',
    verdict as Shape<SchemaResult<T>>,
    await schema['~standard'].validate(value),
  )
  if (result.issues === undefined) return result.value
  const [first] = result.issues
  const message = `the JSON does not fit the schema: ${first?.message ?? ''}`
  throw netError('NET_PROTO_DECODE', { message, phase: 'receive', ...context })
}

const verdict: Shape<SchemaResult<never>> = shape(
  'an object with the value or its issues',
  (value) => typeof value === 'object' && value !== null,
)
