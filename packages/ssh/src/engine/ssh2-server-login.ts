/* A login as the server half of ssh2 hears it, in our own words: with certificates, and keys that ssh2 does not know. */

import { readCertificate, type Certificate } from '../identity/certificate.ts'
import { isSignedBy } from '../identity/signatures.ts'
import { fields, FieldReader } from '../identity/wire.ts'
import type { EngineLogin } from './ssh2-types.ts'

/** A client logs in. */
export interface LoginAttempt {
  readonly user: string
  readonly method: string
  readonly password?: string
  /** The public key in wire format; of a certificate, the key in it. */
  readonly key?: Uint8Array
  readonly certificate?: Certificate
  /** Whether the client proves that it owns the key; without it, it only asks whether the key would do. */
  readonly signed?: boolean
}

/** Whether a login is accepted; else what else is taken. */
export type LoginDecision =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly methods: readonly string[]; readonly partial?: boolean }

/** What a server may ask for before it decides. */
export interface LoginTalk {
  /** The answers to these questions; undefined if the client went on to something else. */
  ask(round: InteractiveRound): Promise<readonly string[] | undefined>
  /** The password that replaces one that has expired. */
  change(text: string): Promise<string>
}

/** Questions that are asked together. */
export interface InteractiveRound {
  readonly name?: string | undefined
  readonly instruction?: string | undefined
  readonly questions: readonly { readonly text: string; readonly echo?: boolean | undefined }[]
}

/** The method of a request. */
export function methodOf(request: Buffer): string {
  const reader = new FieldReader(request.subarray(1))
  try {
    return [reader.text(), reader.text(), reader.text()][2] ?? ''
  } catch {
    return ''
  }
}

/** A key that a client has shown. */
export interface ShownKey {
  readonly attempt: Pick<LoginAttempt, 'key' | 'certificate' | 'signed'>
  readonly isRight: boolean | undefined
}

/** What a client shows as its key, and whether it proved it; undefined for what cannot be read. */
export function shownKey(request: Buffer, sessionId: Uint8Array): ShownKey | undefined {
  try {
    const reader = new FieldReader(request.subarray(1))
    for (let at = 0; at < 3; at++) reader.field()
    const signed = reader.bytes(1)[0] !== 0
    reader.field()
    const blob = Uint8Array.from(reader.field())
    const end = request.length - reader.left
    const certificate = readCertificate(blob)
    const key = certificate?.publicKey ?? blob
    const data = Buffer.concat([fields(sessionId), request.subarray(0, end)])
    return {
      attempt: { key, signed, ...(certificate === undefined ? {} : { certificate }) },
      isRight: signed ? isSignedBy(key, reader.field(), data) : undefined,
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Asks a client that is logging in. */
export function talkOf(login: EngineLogin): LoginTalk {
  return {
    ask: ({ name = '', instruction = '', questions }) =>
      new Promise((resolve) => {
        const prompts = questions.map(({ text, echo = false }) => ({ prompt: text, echo }))
        login.prompt?.(prompts, name, instruction, (answers) =>
          resolve(answers instanceof Error ? undefined : answers),
        )
      }),
    change: (text) =>
      new Promise((resolve) => {
        login.requestChange?.(text, resolve)
      }),
  }
}
