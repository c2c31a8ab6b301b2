// Canary secrets: values that a test puts into URLs, headers, options and peers' echoes, and that must show nowhere.
// Knows how to find one in any text; does not know where to look (watch.ts does).
import { inspect } from 'node:util'

/** A recognisable secret; the name says where the test put it, so that a leak tells its own story. */
export function canary(name: string): string {
  Reflect.set(globalThis, made, true)
  return `${marker}${name}-9d1e`
}

/** Throws if `value`, or any way of printing it, holds a canary: clear, URL-encoded, base64, base64url or hex. */
export function expectNoCanary(value: unknown, where = 'value'): void {
  const text = findCanary(value)
  if (text !== undefined) throw new Error(`a canary secret shows in ${where}: ${text}`)
}

/** The text around the first canary in any rendering of `value`, or undefined. */
export function findCanary(value: unknown): string | undefined {
  // Most processes of tests make none, and to render every event takes long.
  if (!Reflect.has(globalThis, made)) return undefined
  for (const text of renderings(value)) {
    for (const pattern of patterns) {
      const at = text.indexOf(pattern)
      if (at >= 0) return text.slice(Math.max(0, at - 40), at + pattern.length + 40)
    }
  }
  return undefined
}

/** Every text that a reader or a log could make of a value. */
function* renderings(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    yield value
    yield percentDecoded(value)
    return
  }
  if (value instanceof Uint8Array) yield Buffer.from(value).toString('latin1')
  if (value instanceof Error) yield* [String(value), value.stack ?? '', value.message]
  const shown = inspect(value, { depth: 8, maxArrayLength: 1000, maxStringLength: 100_000 })
  yield shown
  yield percentDecoded(shown)
  yield json(value)
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/giu, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  )
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch (error) {
    // A cycle or a BigInt has no JSON, so there is nothing that could show.
    return error instanceof TypeError ? '' : String(error)
  }
}

/** The part of base64 that the marker fixes, whatever stands before it: one text per alignment. */
function base64Forms(encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('\0'.repeat(shift) + marker).toString(encoding)
    const whole = Math.floor(((shift + marker.length) * 8) / 6)
    return encoded.slice(Math.ceil((shift * 8) / 6), whole)
  })
}

function hexForms(): string[] {
  const bytes = [...Buffer.from(marker)].map((byte) => byte.toString(16).padStart(2, '0'))
  return [bytes.join(''), bytes.join(' ')]
}

// Files that share a process have modules of their own, but one global object.
const made = Symbol.for('canary.made')
const marker = 'canary-7f3a-'
const patterns = [
  ...new Set([marker, ...base64Forms('base64'), ...base64Forms('base64url'), ...hexForms()]),
]
