/* How a call authenticates: values for the option `auth`. They hold credentials and must not know calls. */

import { secret, type Credential, type Secret } from '@net/core'
import {
  argument,
  claimSecrets,
  CredentialSource,
  holdSecret,
  inCall,
  netError,
  option,
  refuseControl,
  type Shape,
} from '@net/core/authoring'

import type { Handler } from './handler.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

/** A way to prove who is asking (RFC 9110 section 11). Made by `basic()`, `bearer()`, `digest()`, `oauth()`, `netrc()` and `loginSteps()`. */
export interface HttpAuth {
  /** Such as `basic`. */
  readonly name: string
  /**
   * The value of `Authorization`, undefined without credentials; calls the caller's callback if there is one. The signal is looked
   * at only then.
   */
  authorization(asking: AuthRequest): Authorization | Promise<Authorization>
  /** The server refused this value; returns whether there may be another one. */
  refused(authorization: string): boolean
  /** The server took this value: its next refusal, such as that of a token that expired, may ask again. */
  accepted?(authorization: string): void
  /**
   * Leads one request through a login of several steps, in place of the members above: called for each request of a call
   * within its origin, redirects of their own included. `send` gives the answer to a request, with repeats and cookies, and
   * may be called again with another one; the body of an answer that is not given on is to be cancelled. What it throws
   * reaches the caller.
   */
  readonly exchange?:
    | ((request: HttpRequest, send: Handler, asking: AuthRequest) => Promise<HttpResponse>)
    | undefined
}

/** The option `auth`. */
export const authShape: Shape<HttpAuth> = option.methods<HttpAuth>(
  'basic(user, password), bearer(token), digest(user, password), oauth(), netrc() or loginSteps()',
  'authorization',
  'refused',
)

/** For what is asked. */
export interface AuthRequest {
  readonly signal: AbortSignal
  /** Where the request goes. */
  readonly url: URL
}

/** The value of a field `Authorization`; undefined if there is none. */
export type Authorization = string | undefined

/** User and password (RFC 7617), in UTF-8. Throws `NET_BAD_OPTION` for a user with a colon, `NET_INJECTION` for control characters. */
export function basic(user: string, password: Credential): HttpAuth {
  const place = { protocol: 'http', call: 'basic' }
  return inCall(place, () => {
    refuseControl('the user', argument('the user', option.text, user))
    if (user.includes(':')) {
      throw netError('NET_BAD_OPTION', {
        message:
          'the user must not contain a colon: Basic authentication separates user and password by a colon',
      })
    }
    argument('the password', option.credential, password)
    return basicAuth(user, password)
  })
}

function basicAuth(user: string, password: Credential): HttpAuth {
  return authOf('basic', password, {
    source: (asked) => new CredentialSource(asked, { what: 'password', user }),
    write: (value, holder) => {
      const pair = `${user}:${value}`
      // The wire has the whole pair in base64.
      holdSecret(pair, holder)
      return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
    },
  })
}

/** A token (RFC 6750). Throws `NET_BAD_OPTION` for a value that is not a credential. */
export function bearer(token: Credential): HttpAuth {
  inCall({ protocol: 'http', call: 'bearer' }, () =>
    argument('the token', option.credential, token),
  )
  return authOf('bearer', token, {
    source: (asked) => new CredentialSource(asked, { what: 'token' }),
    write: (value) => `Bearer ${value}`,
  })
}

interface Recipe {
  source(credential: Credential): CredentialSource
  /** The header for the revealed secret; `holder` lives as long as the header. */
  write(value: string, holder: object): string
}

function authOf(name: string, credential: Credential, recipe: Recipe): HttpAuth {
  if (typeof credential === 'function')
    return new AskedAuth(name, recipe.source(credential), recipe)
  return new FixedAuth(name, secret(credential), recipe)
}

/** What the mechanism knows belongs to this client or call; one of the caller's own knows itself what it does. */
export function claimAuth(auth: HttpAuth, owner: number): void {
  if (auth instanceof ClaimableAuth) auth.claim(owner)
}

/** A mechanism that can tell its secrets whose they are. */
export abstract class ClaimableAuth implements HttpAuth {
  abstract readonly name: string
  /** What it knows, and learns later on, belongs to this client or call. */
  abstract claim(owner: number): void
  abstract authorization(asking: AuthRequest): Authorization | Promise<Authorization>
  abstract refused(authorization: string): boolean
}

/** Clients and calls that use a mechanism; of thousands of calls that share one, those of the last. */
export class Owners {
  readonly #ids = new Set<number>()

  add(owner: number): void {
    this.#ids.add(owner)
    const [oldest] = this.#ids
    if (this.#ids.size > MOST_OWNERS && oldest !== undefined) this.#ids.delete(oldest)
  }

  each(tell: (owner: number) => void): void {
    for (const owner of this.#ids) tell(owner)
  }
}

class FixedAuth extends ClaimableAuth {
  readonly name: string
  readonly #secret: Secret
  readonly #authorization: string

  constructor(name: string, fixed: Secret, recipe: Recipe) {
    super()
    this.name = name
    this.#secret = fixed
    this.#authorization = recipe.write(this.#secret.reveal(), this)
  }

  claim(owner: number): void {
    claimSecrets(this, owner)
    claimSecrets(this.#secret, owner)
  }

  authorization(): string {
    return this.#authorization
  }

  refused(): boolean {
    return false
  }
}

class AskedAuth extends ClaimableAuth {
  readonly name: string
  readonly #source: CredentialSource
  readonly #recipe: Recipe
  #last: { readonly written: string; readonly answer: Secret } | undefined
  readonly #owners = new Owners()

  constructor(name: string, source: CredentialSource, recipe: Recipe) {
    super()
    this.name = name
    this.#source = source
    this.#recipe = recipe
  }

  claim(owner: number): void {
    this.#owners.add(owner)
  }

  async authorization({ signal }: AuthRequest): Promise<string> {
    const answer = await this.#source.get({ signal })
    if (this.#last?.answer !== answer) {
      this.#last = { written: this.#recipe.write(answer.reveal(), answer), answer }
    }
    this.#owners.each((owner) => claimSecrets(answer, owner))
    return this.#last.written
  }

  refused(authorization: string): boolean {
    // The server refused an older answer; there is a newer one.
    if (this.#last?.written !== authorization) return true
    return this.#source.rejected(this.#last.answer)
  }

  accepted(authorization: string): void {
    if (this.#last?.written === authorization) this.#source.accepted(this.#last.answer)
  }
}

const MOST_OWNERS = 1000
