/*
 * The arguments of a call as they are when it is made. It begins a moment later, and its caller may use the same objects for the
 * next one: a URL whose page counts up, headers with another token. Wrong ones pass as they are, for the doors to refuse.
 */

import { isPlainObject, option } from '@net/core/authoring'

import type { RequestOptions } from './client-options.ts'
import { HttpHeaders } from './headers.ts'

/** The URL as text. */
export function givenUrl(url: string | URL): string | URL {
  return typeof url !== 'string' && option.url.fits(url) ? url.href : url
}

/** The options of a call. `stringify` writes `json` where the options do not say how. */
export function givenOptions<T extends object>(
  options: T | undefined,
  stringify: (value: unknown) => string = JSON.stringify,
): T | undefined {
  try {
    return isPlainObject(options) ? (copyOf(options, stringify) as T) : options
  } catch {
    // A getter of the caller's: where the options are read it throws again, and fails the call.
    return options
  }
}

function copyOf(options: object, stringify: (value: unknown) => string): Changeable {
  const given: Changeable = { ...options }
  for (const name of FIELDS) {
    const value = given[name]
    if (typeof value === 'object' && value !== null) given[name] = givenFields(value)
  }
  if (typeof given.json === 'object' && given.json !== null)
    given.stringify = written(given.json, given.stringify ?? stringify)
  return given
}

type Changeable = { -readonly [K in keyof RequestOptions]?: unknown }

/** Fields of a form, headers or parameters. */
function givenFields(fields: object): object {
  if (fields instanceof HttpHeaders) return fields
  if (Symbol.iterator in fields) return givenPairs(fields as Iterable<unknown>)
  const named = Object.entries(fields).map(([name, value]) => [name, givenValue(value)] as const)
  return Object.fromEntries(named)
}

function givenPairs(pairs: Iterable<unknown>): Iterable<unknown> {
  try {
    return Array.from(pairs, givenValue)
  } catch (error) {
    return failing(error)
  }
}

/** A list, or the part of a form. */
function givenValue(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(givenValue)
  return isPlainObject(value) && Object.hasOwn(value, 'body') ? { ...value } : value
}

/** The call fails with what its caller's code threw. */
function failing(error: unknown): Iterable<never> {
  return {
    [Symbol.iterator]() {
      throw error
    },
  }
}

function written(value: unknown, stringify: unknown): unknown {
  if (typeof stringify !== 'function') return stringify
  try {
    const text = (stringify as (value: unknown) => unknown)(value)
    return () => text
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** Options whose values may change. */
const FIELDS = ['headers', 'params', 'form', 'multipart', 'cookies'] as const
