/*
 * What of a call is no one's business: replaced before it is written, and before a call is compared with what was written, so
 * that both are the same.
 */

import type { IsSecret } from '@net/core/authoring'

import type { HarPair } from './har.ts'

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

/** What stands in the place of a secret. */
export const SECRET = '[secret]'
