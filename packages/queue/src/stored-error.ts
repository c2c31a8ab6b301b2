/* Errors as text, for a store and back: with what they know, without what JSON cannot carry, and of bounded length. */

import { inspect } from 'node:util'

import { isNetError, reviveError } from '@net/core'
import { isError, netError } from '@net/core/authoring'

/** The text of whatever a handler threw, also of what cannot be looked at. */
export function errorText(thrown: unknown): string {
  const whole = textOf(() => (isNetError(thrown) ? thrown.toJSON() : foreign(thrown)))
  if (whole !== undefined && whole.length <= LONGEST) return whole
  return textOf(() => foreign(thrown)) ?? UNREADABLE
}

/** The error that the text was made of. */
export function errorOf(text: string): Error {
  return reviveError(JSON.parse(text))
}

/** Its message. */
export function reasonOf(text: string): string {
  const { message } = JSON.parse(text) as { readonly message: string }
  return message
}

/** The text for a job whose worker ended so many times. */
export function diedError(times: number): string {
  return diedTemplate.replaceAll(TIMES, String(times))
}

interface Foreign {
  readonly name: string
  readonly message: string
  readonly code?: string | undefined
}

function foreign(thrown: unknown): Foreign {
  // An error of another realm, such as a vm context, is no instance of our Error.
  if (!isError(thrown)) {
    return { name: 'Error', message: `${cut(inspect(thrown, { depth: 1 }))} was thrown` }
  }
  // Anything may have been put in the place of the texts.
  const [name, message, code] = ['name', 'message', 'code'].map((key): unknown =>
    Reflect.get(thrown, key),
  )
  return {
    name: cut(String(name)),
    message: cut(String(message)),
    ...(typeof code === 'string' ? { code: cut(code) } : {}),
  }
}

function textOf(make: () => object): string | undefined {
  try {
    // Halves of characters would make the text one that not every reader of JSON takes.
    return JSON.stringify(make(), (_, value: unknown) =>
      typeof value === 'string' ? value.toWellFormed() : value,
    )
  } catch {
    // A cycle, or a getter that throws: less of it is told.
    return undefined
  }
}

function cut(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE)}…`
}

const UNREADABLE = JSON.stringify({ name: 'Error', message: 'what was thrown cannot be read' })

const LONGEST = 16_384
const LONGEST_MESSAGE = 4096
const TIMES = '%times%'

/** The text for a job that was not started in time. */
export const deadlineError: string = errorText(
  netError('NET_TIMEOUT_TOTAL', {
    protocol: 'queue',
    message: 'no worker started the job before its deadline',
    retry: 'never',
  }),
)

/** The text for a job that its dead worker had marked. */
export const unknownError: string = errorText(
  netError('NET_DELIVERY_UNKNOWN', {
    protocol: 'queue',
    message: 'the worker of the job ended after the job was marked',
  }),
)

/** The text of `diedError`, with a place for how many times. */
export const diedTemplate: string = errorText(
  netError('NET_RETRIES_EXHAUSTED', {
    protocol: 'queue',
    message: `the worker of the job ended ${TIMES} times while it ran`,
  }),
)
