/*
 * What may be stored: what JSON gives back as it was. The same for every store, so that a program that runs in memory runs
 * on Redis. Errors name the place and never the value.
 */

import { isSecret } from '@net/core'
import { isPlainObject } from '@net/core/authoring'

import { errorText, reasonOf } from './stored-error.ts'

/** The text, or what stands in its way. */
export type Stored =
  | { readonly text: string; readonly fault?: undefined }
  | { readonly fault: string; readonly text?: undefined }

/** The JSON of the value; `name` is how a fault calls it. Fields that are undefined are left out. */
export function storedJson(value: unknown, name: string, maxBytes: number): Stored {
  try {
    const fault = faultIn(value, undefined)
    if (fault !== undefined) return { fault: `${name}${fault.path} ${fault.what}` }
    const text = JSON.stringify(value)
    // A unit of a string is 3 bytes at most.
    if (text.length * 3 <= maxBytes) return { text }
    const bytes = Buffer.byteLength(text)
    if (bytes <= maxBytes) return { text }
    return { fault: `${name} has ${bytes} bytes, more than the ${maxBytes} that are allowed` }
  } catch (error) {
    // A getter or a proxy of the caller's.
    return { fault: `${name} could not be read: ${reasonOf(errorText(error))}` }
  }
}

/** Why JSON would not give a value back. The path is made on the way out: most values have no fault. */
interface Fault {
  readonly path: string
  readonly what: string
}

/** The objects that hold what is looked at, the innermost first. */
interface Holder {
  readonly value: object
  readonly outer: Holder | undefined
  readonly depth: number
}

function faultIn(value: unknown, outer: Holder | undefined): Fault | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return faultOfNumber(value)
    case 'object':
      return value === null ? undefined : faultInObject(value, outer)
    case 'bigint':
      return here('is a BigInt, which JSON does not have; store its text')
    case 'undefined':
      return here('is undefined, which JSON does not have')
    default:
      return here(`is a ${typeof value}, which JSON does not have`)
  }
}

function faultInObject(value: object, outer: Holder | undefined): Fault | undefined {
  if (isSecret(value)) return here('is a Secret, which is not stored; give its name')
  for (let holder = outer; holder !== undefined; holder = holder.outer) {
    if (holder.value === value) return here('leads back to what holds it')
  }
  const depth = (outer?.depth ?? 0) + 1
  if (depth > DEEPEST) return here(`is more than ${DEEPEST} deep`)
  const holder: Holder = { value, outer, depth }
  return Array.isArray(value) ? faultInList(value, holder) : faultInFields(value, holder)
}

function faultInList(list: readonly unknown[], holder: Holder): Fault | undefined {
  for (let index = 0; index < list.length; index++) {
    const fault = faultIn(list[index], holder)
    if (fault !== undefined) return { ...fault, path: `[${index}]${fault.path}` }
  }
  return undefined
}

function faultInFields(value: object, holder: Holder): Fault | undefined {
  if (!isPlainObject(value)) {
    const { name = '' } = (Reflect.get(value, 'constructor') ?? {}) as { readonly name?: string }
    return here(`is a ${name === '' ? 'class instance' : name}, which JSON does not have`)
  }
  for (const key of Object.keys(value)) {
    const inner = (value as Readonly<Record<string, unknown>>)[key]
    if (inner === undefined) continue
    if (key === 'toJSON') return here('has a toJSON')
    const fault = faultIn(inner, holder)
    if (fault !== undefined) return { ...fault, path: `${step(key)}${fault.path}` }
  }
  return undefined
}

function faultOfNumber(value: number): Fault | undefined {
  if (!Number.isFinite(value)) return here(`is ${value}, which JSON does not have`)
  return Object.is(value, -0) ? here('is -0, which JSON does not have') : undefined
}

function here(what: string): Fault {
  return { path: '', what }
}

function step(key: string): string {
  return /^[A-Za-z_$][\w$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

const DEEPEST = 200
