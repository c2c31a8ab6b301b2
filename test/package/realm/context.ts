// Runs a bundle in a context like that of jest-environment-node: the language's classes are the context's own, so that Node's
// errors, promises and dates are not theirs; everything else, and the memory of bytes, is Node's.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, createContext, runInContext } from 'node:vm'

const [, , file = ''] = process.argv
const context = createContext({})
const inside = runInContext('globalThis', context) as object
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!Object.hasOwn(inside, name)) give(name, Reflect.get(globalThis, name))
}
for (const [name, value] of Object.entries({ ArrayBuffer, Uint8Array, console, global: inside }))
  give(name, value)

function give(name: string, value: unknown): void {
  Object.defineProperty(inside, name, { value, writable: true, configurable: true })
}

const run = runInContext(
  `(function (require, module, exports) {${readFileSync(file, 'utf8')}\n})`,
  context,
  {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  },
) as (require: NodeJS.Require, module: object, exports: object) => void
run(createRequire(file), { exports: {} }, {})
