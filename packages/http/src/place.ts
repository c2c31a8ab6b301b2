/*
 * Where a request goes, taken apart once: each look at a URL object costs more than all the rest of a look-up, and callers
 * write the same URLs again and again.
 */

import { hasSecretParams } from './params.ts'

/** The parts of the URL of a request, which has no credentials and no fragment. */
export interface Place {
  readonly href: string
  /** Scheme, host and port. */
  readonly origin: string
  /** Path and query (RFC 9112 section 3.2.1). */
  readonly path: string
  /** `host:port`, also where the URL does not say the port. */
  readonly endpoint: string
}

/** The parts of a URL. */
export function placeOf(url: URL): Place {
  const { href, origin, host, port, protocol, pathname, search } = url
  const endpoint = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host
  return { href, origin, path: pathname + search, endpoint }
}

/** The places of one client, by the text that named them: the most recent ones, and none whose query holds a secret. */
export class Places {
  readonly #byText = new Map<string, Place>()

  get(text: string): Place | undefined {
    return this.#byText.get(text)
  }

  keep(text: string, place: Place): void {
    const at = place.path.indexOf('?')
    if (text.length > LONGEST || (at >= 0 && hasSecretParams(place.path.slice(at)))) return
    this.#byText.set(text, place)
    if (this.#byText.size <= MOST) return
    const [oldest = ''] = this.#byText.keys()
    this.#byText.delete(oldest)
  }
}

const MOST = 256
const LONGEST = 2048
