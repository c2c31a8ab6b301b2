/* An error as plain data, for JSON and for messages between threads; `revive-error.ts` reads it. */

import { isError } from './is-error.ts'
import { harmless } from './render.ts'
import { thrownMessage } from './thrown-text.ts'

/** The fields of the error and of those within it, each told whole once, 8 deep. `whatOf` gives a message without its context. */
export class PlainErrors {
  readonly #isOurs: (value: unknown) => value is Error
  readonly #whatOf: (error: Error) => string
  readonly #told = new Set<object>()

  constructor(isOurs: (value: unknown) => value is Error, whatOf: (error: Error) => string) {
    this.#isOurs = isOurs
    this.#whatOf = whatOf
  }

  /** The error whole. */
  of(error: Error, depth = 0): Record<string, unknown> {
    this.#told.add(error)
    const plain: Record<string, unknown> = { name: error.name, message: error.message }
    const what = this.#whatOf(error)
    if (what !== error.message) plain['what'] = what
    for (const [key, value] of Object.entries(error)) plain[key] = this.#value(value, depth)
    for (const key of HIDDEN) {
      const value: unknown = Reflect.get(error, key)
      if (value !== undefined) plain[key] = this.#value(value, depth)
    }
    return plain
  }

  #value(value: unknown, depth: number): unknown {
    if (Array.isArray(value) && !this.#told.has(value)) {
      this.#told.add(value)
      return value.map((each: unknown) => this.#value(each, depth))
    }
    if (this.#isOurs(value) && depth < DEEPEST && !this.#told.has(value)) {
      return this.of(value, depth + 1)
    }
    if (isError(value)) return summary(value)
    return carried(value)
  }
}

function summary(error: Error): unknown {
  const code: unknown = Reflect.get(error, 'code')
  // Anything may stand in the place of the text.
  const message: unknown = Reflect.get(error, 'message')
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: typeof message === 'string' ? harmless(message) : message,
  }
}

/** What JSON and messages between threads can carry. A caller may give anything as the reason of a signal: the rest is its text. */
function carried(value: unknown): unknown {
  if (value === undefined) return undefined
  try {
    const json = JSON.stringify(value) as string | undefined
    if (json !== undefined) return JSON.parse(json) as unknown
  } catch {
    // A circle, a BigInt, or a getter that throws.
  }
  return harmless(thrownMessage(value))
}

/** What is not enumerable. */
const HIDDEN = ['attempts', 'cause'] as const
const DEEPEST = 8
