/*
 * What a thread begins with, as the text of a script: a file of its own would have to be found next to this one, also in
 * a bundle. It imports the module, calls the function, and sends back what came of it.
 */

import type { Thrown } from './thrown.ts'

/** The work of a thread. */
export interface ThreadJob {
  /** The URL of the module. */
  readonly module: string
  /** The name under which it exports the function. */
  readonly name: string
  readonly data: unknown
}

/** What a thread sends back, once, under a name of its own: the module may send messages too. */
export interface ThreadMessage {
  readonly netAnswer: ThreadAnswer
}

/** What came of the work. */
export type ThreadAnswer =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly thrown: Thrown }
  /** The module has no function of that name. */
  | { readonly kind: 'missing' }

/** The script. It is CommonJS, as every script without a file is. */
export const bootstrap: string = `
const { parentPort, workerData } = require('node:worker_threads')
const ours = Symbol.for('net.error')

function cloneable(value) {
  try {
    return structuredClone(value), true
  } catch {
    return false
  }
}

function described(error, depth) {
  if (!(error instanceof Error)) {
    return { kind: 'value', value: cloneable(error) ? error : String(error) }
  }
  const { name, message, stack } = error
  if (ours in error) {
    const plain = error.toJSON()
    const known = cloneable(plain) ? plain : { name, message, code: error.code }
    return { kind: 'ours', plain: known, stack }
  }
  const deeper = (inner) => described(inner, depth + 1)
  const fields = Object.entries(error).filter(
    ([key, value]) => !['cause', 'errors'].includes(key) && cloneable(value),
  )
  return {
    kind: 'error',
    name,
    message,
    stack,
    fields: Object.fromEntries(fields),
    cause: error.cause === undefined || depth > 8 ? undefined : deeper(error.cause),
    errors: !Array.isArray(error.errors) || depth > 8 ? undefined : error.errors.map(deeper),
  }
}

async function work({ module, name, data }) {
  try {
    const job = (await import(module))[name]
    if (typeof job !== 'function') return { kind: 'missing' }
    return { kind: 'returned', value: await job(data) }
  } catch (error) {
    return { kind: 'threw', thrown: described(error, 0) }
  }
}

work(workerData).then((answer) => {
  try {
    parentPort.postMessage({ netAnswer: answer })
  } catch (error) {
    parentPort.postMessage({ netAnswer: { kind: 'threw', thrown: described(error, 0) } })
  }
})
`
