/*
 * What may be stored: what JSON gives back as it was. The same for every store, so that a program that runs in memory runs
 * on Redis. Errors name the place and never the value.
 */

import { isSecret } from '@net/core'

/** The text, or what stands in its way. */
export type Stored =
  | { readonly text: string; readonly fault?: undefined }
  | { readonly fault: string; readonly text?: undefined }

/** The JSON of the value; `name` is how a fault calls it. Fields that are undefined are left out. */
export function storedJson(value: unknown, name: string, maxBytes: number): Stored {
  try {
    const fault = new Inspection().faultIn(value, name)
    if (fault !== undefined) return { fault }
    const text = JSON.stringify(value)
    const bytes = Buffer.byteLength(text)
    if (bytes <= maxBytes) return { text }
    return { fault: `${name} has ${bytes} bytes, more than the ${maxBytes} that are allowed` }
  } catch (error) {
    // A getter or a proxy of the caller's.
    return { fault: `${name} could not be read: ${String(error)}` }
  }
}

class Inspection {
  readonly #holders = new Set<object>()

  /** Why JSON would not give the value back, if so. */
  faultIn(value: unknown, path: string): string | undefined {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return undefined
      case 'number':
        return faultOfNumber(value, path)
      case 'object':
        return value === null ? undefined : this.#faultInObject(value, path)
      case 'bigint':
        return `${path} is a BigInt, which JSON does not have; store its text`
      default:
        return `${path} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON does not have`
    }
  }

  #faultInObject(value: object, path: string): string | undefined {
    if (isSecret(value)) return `${path} is a Secret, which is not stored; give its name`
    if (this.#holders.has(value)) return `${path} leads back to what holds it`
    if (this.#holders.size >= DEEPEST) return `${path} is more than ${DEEPEST} deep`
    this.#holders.add(value)
    const fault = Array.isArray(value)
      ? this.#faultInList(value, path)
      : this.#faultInFields(value, path)
    this.#holders.delete(value)
    return fault
  }

  #faultInList(list: readonly unknown[], path: string): string | undefined {
    for (let index = 0; index < list.length; index++) {
      const fault = this.faultIn(list[index], `${path}[${index}]`)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  #faultInFields(value: object, path: string): string | undefined {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype) {
      const { name = '' } = (Reflect.get(value, 'constructor') ?? {}) as { readonly name?: string }
      return `${path} is a ${name === '' ? 'class instance' : name}, which JSON does not have`
    }
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue
      const fault =
        key === 'toJSON' ? `${path} has a toJSON` : this.faultIn(inner, pathOf(path, key))
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

function faultOfNumber(value: number, path: string): string | undefined {
  if (!Number.isFinite(value)) return `${path} is ${value}, which JSON does not have`
  return Object.is(value, -0) ? `${path} is -0, which JSON does not have` : undefined
}

function pathOf(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

const DEEPEST = 200
