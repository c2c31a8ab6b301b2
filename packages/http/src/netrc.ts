/* Users and passwords from the caller's `.netrc`, for the hosts that it names. */

import {
  option,
  optionsDoor,
  readNetrcFile,
  type NetrcEntry,
  type NetrcLookup,
} from '@net/core/authoring'

import {
  basic,
  ClaimableAuth,
  claimAuth,
  Owners,
  type Authorization,
  type AuthRequest,
  type HttpAuth,
} from './auth.ts'
import { hostOf } from './road.ts'

/** Options of `netrc()`. */
export interface NetrcOptions {
  /** Default: what NETRC names, else `.netrc` in the home folder, `_netrc` on Windows. */
  readonly file?: string | undefined
}

/**
 * Basic authentication with the entry of `.netrc` for the host of the request; none for other hosts. The file is read once, at
 * the first request, again after a failure, and by default may be missing. A redirect to another origin gets none of its entries. Requests reject
 * with `NET_BAD_CONFIG` if it is not valid, `NET_LOCAL_IO` if it cannot be read.
 */
export function netrc(options?: NetrcOptions): HttpAuth {
  return new NetrcAuth(netrcOptions(options).file)
}

/**
 * The entries of the caller's `.netrc`, by host, for protocols that log in otherwise. A file that is not there has none, unless it
 * was named. Rejects with `NET_BAD_CONFIG` if it is not valid, `NET_LOCAL_IO` if it cannot be read.
 */
export async function readNetrc(options?: NetrcOptions): Promise<NetrcLookup> {
  return readNetrcFile(netrcOptions(options).file)
}

class NetrcAuth extends ClaimableAuth {
  readonly name = 'netrc'
  readonly #file: string | undefined
  readonly #known = new Map<string, HttpAuth | undefined>()
  readonly #owners = new Owners()
  #reading: Promise<NetrcLookup> | undefined

  constructor(file: string | undefined) {
    super()
    this.#file = file
  }

  claim(owner: number): void {
    this.#owners.add(owner)
  }

  async authorization(asking: AuthRequest): Promise<Authorization> {
    this.#reading ??= readNetrcFile(this.#file).catch((error: unknown) => {
      // Another program may be writing the file: the next request reads it again.
      this.#reading = undefined
      throw error
    })
    const auth = this.#authFor(await this.#reading, hostOf(asking.url))
    return auth?.authorization(asking)
  }

  refused(): boolean {
    return false
  }

  #authFor(lookup: NetrcLookup, host: string): HttpAuth | undefined {
    if (!this.#known.has(host)) {
      const entry = lookup(host)
      this.#known.set(host, entry && loginOf(entry))
    }
    const auth = this.#known.get(host)
    if (auth !== undefined) this.#owners.each((owner) => claimAuth(auth, owner))
    return auth
  }
}

/** An entry that names neither says nothing of who asks. */
function loginOf({ login, password }: NetrcEntry): HttpAuth | undefined {
  if (login === '' && password.reveal() === '') return undefined
  return basic(login, password)
}

const netrcOptions = optionsDoor<NetrcOptions>(
  { protocol: 'http', call: 'netrc' },
  { file: option.text },
  { path: 'file' },
)
