/* What checks the value of a JSON body. */

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
