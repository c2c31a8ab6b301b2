/*
 * Tokens of OAuth 2 (RFC 6749): fetched by client credentials or by a refresh token when they are needed, once for all calls
 * that wait. It must not know how a token endpoint is called.
 */

import { secret, type Credential, type Secret } from '@net/core'
import {
  abortError,
  callerFault,
  claimSecrets,
  clock,
  inCall,
  onSignalAbort,
  option,
  optionsDoor,
  type Taken,
} from '@net/core/authoring'

import {
  ClaimableAuth,
  Owners,
  type Authorization,
  type AuthRequest,
  type HttpAuth,
} from '../auth.ts'
import type { HttpClient } from '../http-client.ts'
import { fetchToken, type OAuthToken, type TokenEndpoint } from './token-endpoint.ts'

/** Options of `oauth()`. */
export interface OAuthOptions {
  /** Where tokens are asked for. */
  readonly tokenUrl: string | URL
  readonly clientId: string
  /** Undefined for a public client. */
  readonly clientSecret?: Credential | undefined
  /** The token that the user's consent gave; without it, tokens are fetched with the client's own credentials. */
  readonly refreshToken?: string | Secret | undefined
  /** A token that is valid already. */
  readonly accessToken?: string | Secret | undefined
  /** What is asked for, such as `'read write'`; default what the server gives. */
  readonly scope?: string | undefined
  /** Further parameters of the token request, such as `{ audience }`. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** How the client proves itself: `'basic'`, the default, in a header, or `'body'` in the form. */
  readonly clientAuth?: 'basic' | 'body' | undefined
  /** The client that calls the token endpoint. Default the one of `http.post`. */
  readonly client?: Pick<HttpClient, 'post'> | undefined
  /** Reads the token that `save` kept, perhaps by another program: asked before each renewal. */
  readonly load?: (() => OAuthToken | undefined | Promise<OAuthToken | undefined>) | undefined
  /** Keeps a token. It is used when this has resolved; if it fails, the calls that wait fail with its error. */
  readonly save?: ((token: OAuthToken) => void | Promise<void>) | undefined
}

/**
 * A token of OAuth 2 (RFC 6749 section 4.4 and 6, RFC 6750), renewed 10 s before it ends and when a server refuses it. Calls
 * that wait share one renewal. Requests reject with `NET_AUTH_EXPIRED` where the refresh token has ended, otherwise with the
 * code of the call to the token endpoint; the next request tries again. Throws `NET_BAD_OPTION`.
 */
export function oauth(options: OAuthOptions): HttpAuth {
  return inCall(CALL, () => new OAuth(oauthOptions(options)))
}

/** A token that is held. */
interface Held {
  readonly access: Secret
  readonly refresh: Secret | undefined
  /** By the monotonic clock; `Infinity` where the server did not say. */
  readonly until: number
  /** What the header says. */
  readonly written: string
}

class OAuth extends ClaimableAuth {
  readonly name = 'oauth'
  readonly #options: Taken<OAuthOptions>
  readonly #endpoint: TokenEndpoint
  readonly #owners = new Owners()
  #held: Held | undefined
  /** A token that could not be saved. */
  #unsaved: OAuthToken | undefined
  /** The last one that the server refused though it was new. */
  #hopeless: string | undefined
  #accepted = false
  #renewing: Promise<Held> | undefined

  constructor(options: Taken<OAuthOptions>) {
    super()
    this.#options = options
    this.#endpoint = { ...options }
    const { accessToken, refreshToken } = options
    if (accessToken !== undefined) {
      const access = textOf(accessToken)
      this.#held = this.#holding({ accessToken: access, refreshToken: textOf(refreshToken) })
      this.#accepted = true
    }
  }

  claim(owner: number): void {
    this.#owners.add(owner)
  }

  async authorization({ signal }: AuthRequest): Promise<Authorization> {
    const held = this.#held
    const isFresh = held !== undefined && clock().now() < held.until - EARLY
    const usable = isFresh && this.#unsaved === undefined ? held : await this.#renewed(signal)
    this.#owners.each((owner) => {
      claimSecrets(usable.access, owner)
      if (usable.refresh !== undefined) claimSecrets(usable.refresh, owner)
    })
    return usable.written
  }

  refused(authorization: string): boolean {
    // A late refusal of a token that was renewed meanwhile.
    if (this.#held?.written !== authorization) return this.#hopeless !== authorization
    const mayRenew = this.#accepted
    if (!mayRenew) this.#hopeless = authorization
    this.#end(this.#held)
    return mayRenew
  }

  accepted(authorization: string): void {
    if (this.#held?.written === authorization) this.#accepted = true
  }

  /** The token is not used again; what renews it is. */
  #end(held: Held): void {
    this.#held = { ...held, until: -Infinity }
  }

  #renewed(signal: AbortSignal): Promise<Held> {
    const renewing = (this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined
    }))
    return untilAborted(renewing, signal)
  }

  async #renew(): Promise<Held> {
    if (this.#unsaved === undefined) {
      const kept = await this.#loaded()
      if (kept !== undefined) return this.#take(kept)
      this.#unsaved = await fetchToken(this.#endpoint, this.#refreshToken())
    }
    const token = this.#unsaved
    await asCaller(() => this.#options.save?.(token))
    this.#unsaved = undefined
    return this.#take(token)
  }

  /** Another program may have renewed it. */
  async #loaded(): Promise<OAuthToken | undefined> {
    const { load } = this.#options
    if (load === undefined) return undefined
    const kept = await asCaller(load)
    if (kept === undefined) return undefined
    const isNew = `Bearer ${kept.accessToken}` !== this.#held?.written
    if (isNew && (kept.expires ?? Infinity) > clock().date() + EARLY) return kept
    // What renews it may be newer than ours all the same.
    const { refreshToken } = kept
    if (refreshToken !== undefined) this.#held = this.#holding({ ...kept, expires: 0 })
    return undefined
  }

  #refreshToken(): string | undefined {
    return this.#held?.refresh?.reveal() ?? textOf(this.#options.refreshToken)
  }

  #take(token: OAuthToken): Held {
    const { refreshToken = this.#refreshToken() } = token
    const held = this.#holding({ ...token, refreshToken })
    this.#held = held
    this.#accepted = false
    return held
  }

  #holding({ accessToken, refreshToken, expires }: OAuthToken): Held {
    return {
      access: secret(accessToken),
      refresh: refreshToken === undefined ? undefined : secret(refreshToken),
      until: expires === undefined ? Infinity : clock().now() + expires - clock().date(),
      written: `Bearer ${accessToken}`,
    }
  }
}

function textOf<T extends string | Secret | undefined>(given: T): string | Extract<T, undefined> {
  return (typeof given === 'object' ? given.reveal() : given) as string | Extract<T, undefined>
}

async function asCaller<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw callerFault(error)
  }
}

/** One call's abort ends its own wait alone. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {})
    return Promise.reject(abortError(signal.reason))
  }
  return new Promise((resolve, reject) => {
    const forget = onSignalAbort(signal, (reason) => reject(abortError(reason)))
    work.finally(forget).then(resolve, reject)
  })
}

const CALL = { protocol: 'http', call: 'oauth' } as const
const token = option.secretText
const oauthOptions = optionsDoor<OAuthOptions>(
  CALL,
  {
    tokenUrl: option.required(option.url),
    clientId: option.required(option.text),
    clientSecret: option.credential,
    refreshToken: token,
    accessToken: token,
    scope: option.text,
    params: option.record(option.text),
    clientAuth: option.oneOf('basic', 'body'),
    client: option.methods<Pick<HttpClient, 'post'>>('a client, such as createClient()', 'post'),
    load: option.callback(),
    save: option.callback(),
  },
  {
    url: 'tokenUrl',
    tokenEndpoint: 'tokenUrl',
    client_id: 'clientId',
    client_secret: 'clientSecret',
  },
)
const EARLY = 10_000
