/* URLs as they are exported: whole secrets were struck out before the event was published; these are known by their names. */

import type { IsSecret } from '@net/core/authoring'

/** The URL without credentials, and without the values of the parameters that `isSecret` names. */
export function exportedUrl(target: string, isSecret: IsSecret): URL {
  const url = new URL(target)
  for (const name of new Set(url.searchParams.keys())) {
    if (isSecret(name)) url.searchParams.set(name, '[secret]')
  }
  url.username = ''
  url.password = ''
  return url
}
