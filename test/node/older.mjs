// Loaded into every process of the tests on the oldest Node: gives the tests, never the packages, what newer ones have.
// Programs that a test starts are lowered as the build lowers the packages, and take the packed packages as well.
import fs from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { register, syncBuiltinESMExports } from 'node:module'

class Stack {
  #steps = []

  use(value) {
    const dispose = value?.[Symbol.asyncDispose] ?? value?.[Symbol.dispose]
    if (value !== null && value !== undefined) this.#steps.push(() => dispose.call(value))
    return value
  }

  defer(step) {
    this.#steps.push(step)
  }

  steps() {
    return this.#steps.splice(0).toReversed()
  }
}

globalThis.DisposableStack ??= class DisposableStack extends Stack {
  dispose() {
    for (const step of this.steps()) step()
  }

  [Symbol.dispose]() {
    this.dispose()
  }
}

globalThis.AsyncDisposableStack ??= class AsyncDisposableStack extends Stack {
  async disposeAsync() {
    for (const step of this.steps()) await step()
  }

  [Symbol.asyncDispose]() {
    return this.disposeAsync()
  }
}

fs.promises.mkdtempDisposable ??= async (prefix) => {
  const path = await mkdtemp(prefix)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
fs.mkdtempDisposableSync ??= (prefix) => {
  const path = fs.mkdtempSync(prefix)
  const remove = () => fs.rmSync(path, { recursive: true, force: true })
  return { path, remove, [Symbol.dispose]: remove }
}
syncBuiltinESMExports()

register('./lowered.mjs', import.meta.url)
