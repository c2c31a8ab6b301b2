/* Logging in by what the connection has shown already, such as the certificate of the client (RFC 4422, appendix A). */

import type { AuthLogin, AuthMechanism } from './mechanism.ts'

/** The certificate of the client (`tls: { cert, key }`) says who logs in; `user` is wanted only to be somebody else. */
export function external(): AuthMechanism {
  return EXTERNAL
}

const EXTERNAL: AuthMechanism = Object.freeze({
  name: 'EXTERNAL',
  uses: 'nothing',
  begin({ user }: AuthLogin) {
    let isSaid = false
    return {
      answer() {
        if (isSaid) return undefined
        isSaid = true
        return user
      },
    }
  },
})
