/*
 * What of a call is no one's business: replaced before it is written, and before a call is compared with what was written, so
 * that both are the same.
 */

import { isSecretName } from '../secret-names.ts'
import type { HarPair } from './har.ts'

/** Which names are secret: those that say so, and those of the caller. */
export type IsSecret = (name: string) => boolean

/** The names that are secret; letters count whatever their case. */
export function secretNames(more: readonly string[] = []): IsSecret {
  const own = new Set(more.map((each) => each.toLowerCase()))
  return (name) => isSecretName(name) || own.has(name.toLowerCase())
}

/** Pairs without the values of secret names. */
export function withoutSecrets(
  pairs: Iterable<readonly [string, string]>,
  isSecret: IsSecret,
): HarPair[] {
  return Array.from(pairs, ([name, value]) => ({ name, value: isSecret(name) ? SECRET : value }))
}

/** The URL without the values of secret parameters, without credentials and fragment. */
export function urlWithoutSecrets(given: URL, isSecret: IsSecret): URL {
  const url = new URL(given)
  url.username = ''
  url.password = ''
  url.hash = ''
  // Only where there are some: to write a query anew may change how it is written.
  if ([...url.searchParams.keys()].some(isSecret)) {
    const pairs = withoutSecrets(url.searchParams, isSecret)
    url.search = new URLSearchParams(
      pairs.map(({ name, value }): [string, string] => [name, value]),
    ).toString()
  }
  return url
}

/** A value of JSON without those of secret members, however deep. */
export function jsonWithoutSecrets(value: unknown, isSecret: IsSecret): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, each: unknown) =>
      name !== '' && isSecret(name) && isPlain(each) ? SECRET : each,
    ),
  )
}

/** A list of tokens is as secret as one. */
function isPlain(value: unknown): boolean {
  return value !== null && (typeof value !== 'object' || Array.isArray(value))
}

/** What stands in the place of a secret. */
export const SECRET = '[secret]'
