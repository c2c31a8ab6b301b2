/* The shapes of plain values: text, numbers, flags, functions, objects with methods, and lists of these. */

import { isSecret, type Secret } from '../redaction/secret.ts'
import { refused, shape, optionName, type Shape } from './shape.ts'

/** A string. */
export const text: Shape<string> = shape('a string', (value) => typeof value === 'string')

/** A string or a URL. */
export const url: Shape<string | URL> = shape(
  'a string or a URL',
  (value) => typeof value === 'string' || isUrl(value),
)

/** A string that may be kept as a secret. */
export const secretText: Shape<string | Secret> = shape(
  'a string or a secret',
  (value) => typeof value === 'string' || isSecret(value),
)

/** `true` or `false`. */
export const flag: Shape<boolean> = shape('true or false', (value) => typeof value === 'boolean')

/** How many: a whole number above 0, or `Infinity`. */
export const count: Shape<number> = shape(
  'a whole number above 0',
  (value) => isWhole(value) && value > 0,
)

/** How many: a whole number from 0 on, or `Infinity`. */
export const size: Shape<number> = shape(
  'a whole number, 0 or more',
  (value) => isWhole(value) && value >= 0,
)

/** How many bytes: a number from 0 on, or `Infinity`. */
export const bytes: Shape<number> = shape(
  'a number of bytes, 0 or more',
  (value) => typeof value === 'number' && value >= 0,
)

/** A length of time: a number of milliseconds from 0 on. */
export const milliseconds: Shape<number> = shape(
  'a number of milliseconds, 0 or more',
  (value) => typeof value === 'number' && value >= 0,
)

/** A time limit: a number of milliseconds above 0, `Infinity` for none. */
export const limit: Shape<number> = shape(
  'a number of milliseconds above 0',
  (value) => typeof value === 'number' && value > 0,
)

/** An AbortSignal, of whichever realm or package. */
export const signal: Shape<AbortSignal> = shape(
  'an AbortSignal, such as the signal of an AbortController',
  (value) =>
    value instanceof AbortSignal ||
    (typeof value === 'object' &&
      value !== null &&
      typeof Reflect.get(value, 'aborted') === 'boolean' &&
      typeof Reflect.get(value, 'addEventListener') === 'function'),
)

/** Bytes. */
export const binary: Shape<Uint8Array> = shape(
  'a Uint8Array',
  (value) => value instanceof Uint8Array,
)

/** Whatever it is: for values that the code behind the door checks, or that may be anything. */
export const anything: Shape<never> = shape('anything', () => true)

/** A whole number from `least` to `most`. */
export function between(least: number, most: number): Shape<number> {
  return shape(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  )
}

/** A number of at least `least`; fractions are fine. */
export function atLeast(least: number): Shape<number> {
  return shape(`a number, ${least} or more`, (value) => typeof value === 'number' && value >= least)
}

/** One of these values: `oneOf('full', 'none')`. */
export function oneOf<const T extends string | number | boolean>(
  ...values: readonly T[]
): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(values)
  const words = values.map((each) => (typeof each === 'string' ? `'${each}'` : String(each)))
  return shape(joined(words), (value) => known.has(value))
}

/** A function. */
export function callback<F>(): Shape<F> {
  return shape('a function', (value) => typeof value === 'function')
}

/** An object that has these methods: `methods<Dialer>('a dialer, such as memoryNetwork().dialer', 'dial')`. */
export function methods<T>(may: string, ...names: readonly (keyof T & string)[]): Shape<T> {
  return shape(
    may,
    (value) =>
      isObject(value) && names.every((name) => typeof Reflect.get(value, name) === 'function'),
  )
}

/** A value of one of several shapes: the first that fits takes it. `may` says it in fewer words than all of them. */
export function either<T>(shapes: readonly Shape<T>[], may?: string): Shape<T> {
  const words = may ?? joined(shapes.map((each) => each.may))
  return {
    may: words,
    fits: (value) => shapes.some((each) => each.fits(value)),
    take(value, name, within) {
      for (const each of shapes) if (each.fits(value)) return each.take(value, name, within)
      throw refused(words, value, optionName(name, within))
    },
  }
}

/** A list of values of the shape; taken as a frozen copy. */
export function list<T>(of: Shape<T>): Shape<readonly T[]> {
  const may = `a list, each of it ${of.may}`
  return {
    may,
    fits: Array.isArray,
    take(value, name, within) {
      const whole = optionName(name, within)
      if (!Array.isArray(value)) throw refused(may, value, whole)
      return Object.freeze(value.map((each: unknown, index) => of.take(each, `${whole}[${index}]`)))
    },
  }
}

/** A value of the shape, or a list of them. */
export function oneOrMore<T>(of: Shape<T>): Shape<T | readonly T[]> {
  return either<T | readonly T[]>([list(of), of], `${of.may}, or a list of these`)
}

/** An object with values of the shape under names of the caller's choice; taken as a frozen copy that inherits nothing. */
export function record<T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> {
  const may = `an object, each value ${of.may}`
  return {
    may,
    fits: isObject,
    take(value, name, within) {
      const whole = optionName(name, within)
      if (!isObject(value)) throw refused(may, value, whole)
      const taken = Object.create(null) as Record<string, T>
      for (const [key, each] of Object.entries(value)) {
        if (each !== undefined && key !== '__proto__') taken[key] = of.take(each, key, whole)
      }
      return Object.freeze(taken)
    },
  }
}

/** The same shape for an option that cannot be left out. */
export function required<T>(of: Shape<T>): Shape<T> {
  return { ...of, required: true }
}

/** Whether the value is an object that is neither null nor a list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A URL, also one of another realm. */
function isUrl(value: unknown): boolean {
  return isObject(value) && typeof Reflect.get(value, 'href') === 'string'
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) || value === Infinity
}

function joined(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}
