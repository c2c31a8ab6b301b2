/* The mechanisms that give the server the password, or a digest of it by an old method. */

import { createHmac } from 'node:crypto'

import { netError } from '@net/core/authoring'

import type { AuthDialogue, AuthLogin, AuthMechanism } from './mechanism.ts'

/** User and password in one message (RFC 4616). */
export function plain(): AuthMechanism {
  return PLAIN
}

/** User and password one after the other, as old servers want it. */
export function login(): AuthMechanism {
  return LOGIN
}

/**
 * A digest of the password and of the server's challenge (RFC 2195). It keeps the password from those who listen, not from
 * those who guess; TLS does both.
 */
export function cramMd5(): AuthMechanism {
  return CRAM_MD5
}

/** What PLAIN sends. */
export function plainMessage({ user, secret }: Pick<AuthLogin, 'user' | 'secret'>): string {
  return `\0${user}\0${secret}`
}

function once(...answers: readonly (string | undefined)[]): AuthDialogue {
  const left = [...answers]
  return {
    answer: () => left.shift(),
    accepted() {
      if (left.length > 0) throw tooEarly()
    },
  }
}

function tooEarly(): Error {
  return netError('NET_PROTO_UNEXPECTED', {
    message: 'the server accepted the login before it had heard the password',
  })
}

function beginCram({ user, secret }: AuthLogin): AuthDialogue {
  let isOver = false
  return {
    answer(challenge) {
      if (challenge === undefined || isOver) return undefined
      isOver = true
      const digest = createHmac('md5', secret).update(challenge).digest('hex')
      return `${user} ${digest}`
    },
    accepted() {
      if (!isOver) throw tooEarly()
    },
  }
}

const PLAIN: AuthMechanism = Object.freeze({
  name: 'PLAIN',
  uses: 'password',
  begin: (login: AuthLogin) => once(plainMessage(login)),
})
const LOGIN: AuthMechanism = Object.freeze({
  name: 'LOGIN',
  uses: 'password',
  begin: ({ user, secret }: AuthLogin) => once(undefined, user, secret),
})
const CRAM_MD5: AuthMechanism = Object.freeze({
  name: 'CRAM-MD5',
  uses: 'password',
  begin: beginCram,
})
