/*
 * The messages of a login (RFC 4252; RFC 4256 for questions and answers), written and read. No I/O; it must not know in
 * which order logins are tried.
 */

import { netError } from '@net/core/authoring'

import { fields, FieldReader, uint32 } from '../identity/wire.ts'

/** A request of a method with what belongs to it, as it is sent. */
export function noneRequest(user: string): Buffer {
  return request(user, 'none')
}

export function passwordRequest(user: string, password: string, changed?: string): Buffer {
  const rest = changed === undefined ? fields(password) : fields(password, changed)
  return request(user, 'password', Buffer.of(changed === undefined ? 0 : 1), rest)
}

/** Questions and answers; no language, and no wish how to be asked. */
export function interactiveRequest(user: string): Buffer {
  return request(user, 'keyboard-interactive', fields('', ''))
}

/** What a key is asked for, or proved with. */
export interface KeyRequest {
  readonly user: string
  readonly algorithm: string
  /** The key or certificate in wire format. */
  readonly blob: Uint8Array
}

/** The question whether a key would do. */
export function keyQuestion({ user, algorithm, blob }: KeyRequest): Buffer {
  return request(user, 'publickey', Buffer.of(0), fields(algorithm, blob))
}

/** The proof of a key: what is signed, and the message that has the signature. */
export function keyProof(
  { user, algorithm, blob }: KeyRequest,
  sessionId: Uint8Array,
): { readonly signed: Buffer; readonly message: (signature: Uint8Array) => Buffer } {
  const head = request(user, 'publickey', Buffer.of(1), fields(algorithm, blob))
  return {
    signed: Buffer.concat([fields(sessionId), head]),
    message: (signature) => Buffer.concat([head, fields(signature)]),
  }
}

/** Answers to questions, in their order. */
export function interactiveAnswer(answers: readonly string[]): Buffer {
  return Buffer.concat([Buffer.of(INFO_RESPONSE), uint32(answers.length), fields(...answers)])
}

/** One question of a server's. */
export interface Question {
  readonly text: string
  /** Whether the answer may be seen on the screen. */
  readonly echo: boolean
}

/** What a server answers to a request. */
export type AuthReply =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure'; readonly methods: readonly string[]; readonly partial: boolean }
  /** A key would do. */
  | { readonly kind: 'key' }
  /** The password is right and must be changed first. */
  | { readonly kind: 'change'; readonly text: string }
  | {
      readonly kind: 'questions'
      readonly name: string
      readonly instruction: string
      readonly questions: readonly Question[]
    }

/** Reads the reply to a request of this method. Throws `NET_PROTO_MALFORMED`. */
export function readAuthReply(payload: Uint8Array, method: string): AuthReply {
  try {
    return reply(new FieldReader(payload), method)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw netError('NET_PROTO_MALFORMED', {
      message: 'the server sent an answer to the login that cannot be read',
      cause: error,
    })
  }
}

function reply(reader: FieldReader, method: string): AuthReply {
  const number = reader.bytes(1)[0]
  if (number === SUCCESS) return { kind: 'success' }
  if (number === FAILURE) {
    const methods = reader
      .text()
      .split(',')
      .filter((name) => name !== '')
    return { kind: 'failure', methods, partial: reader.bytes(1)[0] !== 0 }
  }
  // The number of a reply that each method has for itself.
  if (method === 'publickey') return { kind: 'key' }
  if (method === 'password') return { kind: 'change', text: reader.field().toString('utf8') }
  const [name, instruction] = [reader.field(), reader.field()].map((text) => text.toString('utf8'))
  reader.field()
  const count = reader.number()
  if (count > MOST_QUESTIONS) throw new RangeError('too many questions')
  const questions = Array.from({ length: count }, () => ({
    text: reader.field().toString('utf8'),
    echo: reader.bytes(1)[0] !== 0,
  }))
  return { kind: 'questions', name: name ?? '', instruction: instruction ?? '', questions }
}

function request(user: string, method: string, ...rest: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(REQUEST), fields(user, 'ssh-connection', method), ...rest])
}

const REQUEST = 50
const FAILURE = 51
const SUCCESS = 52
const INFO_RESPONSE = 61
// OpenSSH's own servers ask for a hundred at most.
const MOST_QUESTIONS = 100
