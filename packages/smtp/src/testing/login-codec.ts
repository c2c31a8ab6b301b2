/* What a client sends to log in, step by step. */

/** A login that came whole. */
export interface ClientLogin {
  readonly user: string
  readonly password: string
}

/** Takes one line in base64; gives the answer, the next step, or undefined for what is no such line. */
export type LoginStep = (line: string) => ClientLogin | LoginStep | undefined

/** PLAIN (RFC 4616): one message with both. */
export function decodePlain(line: string): ClientLogin | undefined {
  const [, user, password] = decoded(line)?.split('\0') ?? []
  return user === undefined || password === undefined ? undefined : { user, password }
}

/** LOGIN: the user, then the password. */
export function decodeLogin(): LoginStep {
  return (first) => {
    const user = decoded(first)
    if (user === undefined) return undefined
    return (second) => {
      const password = decoded(second)
      return password === undefined ? undefined : { user, password }
    }
  }
}

function decoded(line: string): string | undefined {
  return BASE64.test(line) ? Buffer.from(line, 'base64').toString('utf8') : undefined
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
