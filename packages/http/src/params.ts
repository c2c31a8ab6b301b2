/* Query parameters and form fields as callers give them, written as `application/x-www-form-urlencoded`. */

import { disown, holdSecret, isSecretName, netError, shape, type Shape } from '@net/core/authoring'

/** One parameter's value; null and undefined leave it out. */
export type ParamValue = string | number | bigint | boolean | null | undefined

/** Parameters; a list repeats its name, in order. */
export type Params =
  | URLSearchParams
  | Readonly<Record<string, ParamValue | readonly ParamValue[]>>
  | Iterable<readonly [string, ParamValue]>

/** The option `params` or `form`. */
export const paramsShape: Shape<Params> = shape(
  'an object, a list of pairs or URLSearchParams',
  (value) => typeof value === 'object' && value !== null,
)

/** The parameters as `a=1&b=2`, percent-encoded. Throws `NET_BAD_OPTION` for values that have no text of their own. */
export function encodeParams(params: Params): string {
  if (params instanceof URLSearchParams) return params.toString()
  const search = new URLSearchParams()
  for (const [name, value] of pairs(params)) {
    if (value == null) continue
    if (!TEXTUAL.has(typeof value)) {
      disown(value)
      const message = `the parameter ${name} must be text, a number, a boolean or a list of these`
      throw netError('NET_BAD_OPTION', { message })
    }
    search.append(name, String(value))
  }
  return search.toString()
}

/** Strikes the values of secret parameters out of messages and events for as long as `holder` is alive. */
export function protectParams(search: string, holder: object): void {
  for (const [name, value] of new URLSearchParams(search)) {
    if (isSecretName(name)) holdSecret(value, holder)
  }
}

/** Whether a parameter of the query is secret by its name. */
export function hasSecretParams(search: string): boolean {
  for (const name of new URLSearchParams(search).keys()) if (isSecretName(name)) return true
  return false
}

function* pairs(
  params: Exclude<Params, URLSearchParams>,
): Generator<readonly [string, ParamValue]> {
  if (Symbol.iterator in params) {
    yield* params as Iterable<readonly [string, ParamValue]>
    return
  }
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value)) for (const each of value as readonly ParamValue[]) yield [name, each]
    else yield [name, value as ParamValue]
  }
}

const TEXTUAL: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean'])
