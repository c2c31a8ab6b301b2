/* Digest authentication (RFC 7616) as a value for the option `auth`. */

import type { Credential } from '@net/core'
import { argument, CredentialSource, inCall, option, refuseControl } from '@net/core/authoring'

import { ClaimableAuth, Owners, type AuthRequest, type HttpAuth } from '../auth.ts'
import type { Handler } from '../handler.ts'
import type { HttpRequest } from '../request.ts'
import type { HttpResponse } from '../response.ts'
import { DigestLogin } from './digest-login.ts'

/**
 * User and password by Digest (RFC 7616: MD5, SHA-256, SHA-512-256 and their `-sess` forms, `auth` and `auth-int`, and RFC
 * 2069); neither is sent. The password never goes out by Basic. A body that is long, or can be read only once, waits for the
 * challenge. Requests reject with `NET_AUTH_NO_METHOD` where the server offers no Digest that is known, `NET_AUTH_REJECTED`
 * for a wrong password. Throws `NET_BAD_OPTION`, and `NET_INJECTION` for control characters in the user.
 */
export function digest(user: string, password: Credential): HttpAuth {
  return inCall({ protocol: 'http', call: 'digest' }, () => {
    refuseControl('the user', argument('the user', option.text, user))
    argument('the password', option.credential, password)
    return new DigestAuth(user, password)
  })
}

class DigestAuth extends ClaimableAuth {
  readonly name = 'digest'
  readonly #owners = new Owners()
  /** One for all calls, so that they share their challenges. */
  readonly #login: DigestLogin

  constructor(user: string, password: Credential) {
    super()
    const source = new CredentialSource(password, { what: 'password', user })
    this.#login = new DigestLogin(user, source, this.#owners)
  }

  claim(owner: number): void {
    this.#owners.add(owner)
  }

  /** All is done by `exchange`. */
  authorization(): undefined {
    return undefined
  }

  refused(): boolean {
    return false
  }

  async exchange(request: HttpRequest, send: Handler, asking: AuthRequest): Promise<HttpResponse> {
    return this.#login.exchange(request, send, asking)
  }
}
