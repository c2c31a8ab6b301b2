/* What checks payloads: a schema of any library that follows Standard Schema (version 1). */

import { netError, shape, type Shape } from '@net/core/authoring'

/** A schema of payloads. What it gives must be what handlers get; what is stored is what was added. */
export interface PayloadSchema<P> {
  readonly '~standard': {
    readonly version: 1
    readonly validate: (value: unknown) => PayloadVerdict<P> | Promise<PayloadVerdict<P>>
  }
}

/** What a schema says about a payload. */
export type PayloadVerdict<P> =
  | { readonly value: P; readonly issues?: undefined }
  | { readonly issues: readonly PayloadIssue[] }

/** Why a schema refuses a payload, and where in it. */
export interface PayloadIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The payload as the schema gives it. Rejects with `NET_BAD_OPTION`, which names the place. */
export async function validPayload<P>(value: unknown, schema: PayloadSchema<P>): Promise<P> {
  const verdict = await schema['~standard'].validate(value)
  if (verdict.issues === undefined) return verdict.value
  const [issue] = verdict.issues
  const place = ['payload', ...(issue?.path ?? []).map(keyOf)].join('.')
  const message = `the schema refuses ${place}: ${issue?.message}`
  throw netError('NET_BAD_OPTION', { message })
}

function keyOf(step: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof step === 'object' ? step.key : step)
}

/** The shape of such a schema. */
export const payloadSchema: Shape<PayloadSchema<never>> = shape(
  'a schema that follows Standard Schema, with "~standard".validate',
  (value) => {
    const standard: unknown = Reflect.get(Object(value) as object, '~standard')
    return typeof Reflect.get(Object(standard) as object, 'validate') === 'function'
  },
)
