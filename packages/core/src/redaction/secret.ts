/*
 * A value that prints as `[secret]` wherever it is printed, and that is struck out of every message and event for
 * as long as it is alive. Only `reveal()` gives it.
 */

import { netError } from '../errors/net-error.ts'
import { PRINTING } from '../printing-key.ts'
import { holdSecret } from './redact.ts'

/** A password, token or key that does not print. Made by `secret()`; known by a brand, so that copies agree. */
export interface Secret {
  /** The value itself; call it where it goes on the wire and nowhere else. */
  reveal(): string
  /** Always `[secret]`. */
  toString(): string
  /** Always `[secret]`. */
  toJSON(): string
}

/**
 * Makes a secret of the value. For as long as it is alive, values of 4 and more characters are struck out of
 * messages and events, also where a peer echoes them. A secret passes unchanged. Throws `NET_BAD_OPTION` for anything
 * but a string.
 */
export function secret(value: string | Secret): Secret {
  if (isSecret(value)) return value
  if (typeof value !== 'string') {
    throw netError('NET_BAD_OPTION', { message: 'a secret must be a string' })
  }
  return Object.freeze(new HeldSecret(value))
}

/** Whether the value is a secret, of whichever installed copy of this package. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && BRAND in value
}

class HeldSecret implements Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
    holdSecret(value, this)
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return PRINTED
  }

  toJSON(): string {
    return PRINTED
  }

  [PRINTING](): string {
    return PRINTED
  }
}

const BRAND: unique symbol = Symbol.for('net.secret')
const PRINTED = '[secret]'

Object.defineProperty(HeldSecret.prototype, BRAND, { value: true })
