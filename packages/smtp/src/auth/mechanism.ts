/*
 * What a login mechanism is (SASL, RFC 4422): it answers what the server asks, and knows neither a connection nor how its
 * answers are written on the wire.
 */

import { option, shape, type Shape } from '@net/core/authoring'

import type { ChannelBinding } from './channel-binding.ts'

/**
 * A login mechanism; made by `plain`, `login`, `cramMd5`, `scramSha256` and the like, or your own: an object with these
 * three properties.
 */
export interface AuthMechanism {
  /** Its name as servers offer it, in capitals. */
  readonly name: string
  /** What it tells the server: it is tried only where the caller gave that. */
  readonly uses: 'password' | 'token' | 'nothing'
  /**
   * Whether its first answer goes along with AUTH. Default: where the command has at most 512 octets with it (RFC 4954,
   * section 4).
   */
  readonly initialResponse?: boolean | undefined
  /** Begins one login. */
  begin(login: AuthLogin): AuthDialogue
}

/** Who logs in, and where. */
export interface AuthLogin {
  /** Empty where the caller named no user. */
  readonly user: string
  /** The password or token; empty for a mechanism that uses nothing. */
  readonly secret: string
  readonly host: string
  readonly port: number
  /** What ties the login to the TLS connection; absent where there is none, or where it cannot be told. */
  readonly binding?: ChannelBinding | undefined
  /** Whether the server offers the same mechanism with channel binding. */
  readonly bindingOffered: boolean
}

/** One login under way. */
export interface AuthDialogue {
  /**
   * What to say to a challenge; undefined for the first time of all, before the server has said anything. Without an
   * answer the login begins with the server's challenge, or is given up if it has begun.
   */
  answer(challenge: Uint8Array | undefined): AuthAnswer | Promise<AuthAnswer>
  /** The server has accepted the login. Throws if it has not proved what it had to prove. */
  accepted?(): void
  /** What the server has told about a refusal. */
  readonly explanation?: string | undefined
}

/** What is said to the server. */
export type AuthAnswer = string | Uint8Array | undefined

/** What `auth` may be. */
export const mechanism: Shape<AuthMechanism> = shape(
  'a login mechanism, such as plain() or xoauth2()',
  (value) => {
    if (!option.isObject(value)) return false
    const { name, uses, begin } = value as Partial<AuthMechanism>
    const isNamed = typeof name === 'string' && NAME.test(name)
    return isNamed && typeof begin === 'function' && USES.has(uses)
  },
)

// RFC 4422, section 3.1.
const NAME = /^[A-Z\d_-]{1,20}$/
const USES: ReadonlySet<unknown> = new Set(['password', 'token', 'nothing'])
