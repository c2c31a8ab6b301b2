/*
 * The one door for options: every options object of every call and constructor passes it. It lets through own,
 * defined properties of known names and shapes, and gives them back as a frozen object that inherits nothing, so that
 * neither a misspelled name nor a polluted Object.prototype configures anything.
 */

import { adopt } from '../data/adopted-stream.ts'
import { traceToCaller } from '../errors/trace.ts'
import { addContext, isNetError, netError, type NetError } from '../errors/net-error.ts'
import { UNSAFE } from './own.ts'
import { refused, optionName, type Shape } from './shape.ts'
import { nameMeant, type Spellings } from './spelling.ts'

/** A shape for every option that a type has. */
export type OptionTable<T> = { readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>> }

/** Options behind the door: what is there is defined. */
export type Taken<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> }

/** Whose options they are, as errors say it. */
export interface CallPlace {
  /** Left out for what belongs to no protocol, such as `fromFile`. */
  readonly protocol?: string
  /** The verb or the constructor, such as `connect`; left out where the caller of the door adds it. */
  readonly call?: string
  /** What it is done to, without credentials. */
  readonly target?: string
}

/** Gives back the options, checked. Throws `NET_BAD_OPTION`. */
export type OptionsDoor<T> = (options: T | undefined) => Taken<T>

/**
 * The door of one call: `optionsDoor<MkdirOptions>({ protocol: 'ftp', call: 'mkdir' }, { recursive: option.flag })`.
 * `spellings` are names that other libraries use for options of this call alone.
 */
export function optionsDoor<T extends object>(
  place: CallPlace,
  table: OptionTable<T>,
  spellings?: Spellings,
): OptionsDoor<T> {
  const object = optionsObject(table, spellings)
  const nothing = object.required ? undefined : object.take({}, '')
  return (options) => {
    if (options === undefined && nothing !== undefined) return nothing
    try {
      return object.take(options === undefined ? {} : options, '')
    } catch (error) {
      throw placed(error, place)
    }
  }
}

/** The shape of an options object. */
export interface ObjectShape<T extends object> extends Shape<Taken<T>> {
  /** Puts what the object holds over what is there, without the copy that `take` makes. Throws `NET_BAD_OPTION`. */
  overlay(target: Partial<Taken<T>>, value: unknown, name: string): void
}

/** Options within options, such as `tls` and `timeout`; a shape for the table that holds them. */
export function optionsObject<T extends object>(
  table: OptionTable<T>,
  spellings?: Spellings,
): ObjectShape<T> {
  return new OptionsObject(table, spellings)
}

/** Runs what a call does before its operation begins; an error of ours says whose argument was wrong. */
export function inCall<T>(place: CallPlace, prepare: () => T): T {
  try {
    return prepare()
  } catch (error) {
    throw placed(error, place)
  }
}

class OptionsObject<T extends object> implements ObjectShape<T> {
  readonly may = 'an object of options'
  readonly required?: true
  readonly #shapes: ReadonlyMap<string, Shape<unknown>>
  readonly #needed: readonly string[]
  readonly #spellings: Spellings
  readonly #prototype: object = Object.freeze(Object.create(null) as object)
  readonly #Made: new () => Record<string, unknown>

  constructor(table: OptionTable<T>, spellings: Spellings = {}) {
    const entries = Object.entries<Shape<unknown>>(table)
    this.#shapes = new Map(entries)
    this.#needed = entries.filter(([, { required }]) => required).map(([name]) => name)
    if (this.#needed.length > 0) this.required = true
    this.#spellings = spellings
    // Objects of a constructor whose prototype is empty are three times as fast as those of Object.create(null).
    const Made = function Made() {} as unknown as new () => Record<string, unknown>
    Made.prototype = this.#prototype
    this.#Made = Made
  }

  fits(value: unknown): boolean {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  }

  take(value: unknown, name: string, within?: string): Taken<T> {
    // It has passed this very door before.
    if (this.#hasPassed(value)) return value
    const whole = name === '' ? '' : optionName(name, within)
    const taken = new this.#Made()
    this.#fill(taken, value, whole)
    for (const key of this.#needed) this.#refuseMissing(key, taken, whole)
    return Object.freeze(taken) as Taken<T>
  }

  overlay(target: Partial<Taken<T>>, value: unknown, name: string): void {
    if (this.#hasPassed(value)) Object.assign(target, value)
    else this.#fill(target, value, name)
  }

  #hasPassed(value: unknown): value is Taken<T> {
    return this.fits(value) && Object.getPrototypeOf(value) === this.#prototype
  }

  #fill(taken: Record<string, unknown>, value: unknown, whole: string): void {
    const called = whole === '' ? 'the argument' : whole
    if (!this.fits(value)) throw refused(this.may, value, called)
    const given = value as Record<string, unknown>
    let found = false
    try {
      for (const key in given) {
        if (!Object.hasOwn(given, key)) continue
        found = true
        this.#takeOne(key, given[key], taken, whole)
      }
    } catch (error) {
      // A stream among them was given to the call: how it fails later must not end the process.
      for (const each of Object.values(given)) adopt(each)
      throw error
    }
    if (!found) refuseSignal(value, called)
  }

  #takeOne(key: string, value: unknown, taken: Record<string, unknown>, whole: string): void {
    const shape = this.#shapes.get(key)
    if (shape === undefined) {
      if (UNSAFE.has(key)) return
      throw this.#unknown(key, whole)
    }
    if (value !== undefined) taken[key] = shape.take(value, key, whole)
  }

  #refuseMissing(key: string, taken: Record<string, unknown>, whole: string): void {
    if (Object.hasOwn(taken, key)) return
    const { may = '' } = this.#shapes.get(key) ?? {}
    const message = `${optionName(key, whole)} is missing; it must be ${may}`
    throw netError('NET_BAD_OPTION', { message })
  }

  #unknown(key: string, whole: string): NetError {
    const holder = whole === '' ? 'the options have' : `${whole} has`
    const help = nameMeant(key, [...this.#shapes.keys()], this.#spellings)
    return netError('NET_BAD_OPTION', { message: `${holder} no ${key}; ${help}` })
  }
}

/** An object with nothing in it would pass, and be forgotten: `sleep(5000, signal)`. */
function refuseSignal(value: unknown, called: string): void {
  const isSignal = value instanceof AbortSignal
  if (!isSignal && !(value instanceof AbortController)) return
  const [kind, help] = isSignal
    ? ['AbortSignal', '{ signal }']
    : ['AbortController', '{ signal: controller.signal }']
  const message = `${called} must be an object of options, not an ${kind}; write ${help}`
  throw netError('NET_BAD_OPTION', { message })
}

function placed(error: unknown, { protocol, call, target }: CallPlace): unknown {
  if (!isNetError(error)) return error
  traceToCaller(error)
  return addContext(error, {
    protocol,
    operation: call,
    target,
  })
}
