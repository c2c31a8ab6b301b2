/* How the built command loads its parts: with the compiled code of the functions that ran before. */

import type { Script } from 'node:vm'

/**
 * The parts of the built command, which lie in one folder. The compile cache of Node holds the code of a file as it was before the
 * file ran, without its functions, which V8 compiles when they are called; so a part's code is taken when the program ends, and
 * stands beside that of Node. The class is put into the bundle as text: it must use nothing but its arguments.
 */
export class Parts {
  readonly #require: NodeJS.Require
  readonly #folder: string
  /** Undefined where nothing is to be cached: NODE_DISABLE_COMPILE_CACHE, or no folder that can be written. */
  readonly #cache: string | undefined
  readonly #fs = process.getBuiltinModule('node:fs')
  readonly #vm = process.getBuiltinModule('node:vm')
  readonly #loaded = new Map<string, { readonly exports: unknown }>()
  readonly #scripts = new Map<string, Script>()
  #isStale = false

  constructor(require: NodeJS.Require, folder: string) {
    this.#require = require
    this.#folder = folder
    this.#cache = process.getBuiltinModule('node:module').getCompileCacheDir()
    process.on('exit', () => {
      if (this.#isStale) this.#save()
    })
  }

  /** What the part of that name exports, such as `./get-BcW1x.cjs`, or a module of Node or of another package. */
  require = (name: string): unknown => {
    if (!name.startsWith('./')) return this.#other(name)
    const before = this.#loaded.get(name)
    if (before !== undefined) return before.exports
    const part = { exports: {} }
    this.#loaded.set(name, part)
    const filename = this.#folder + name.slice(1)
    const text = this.#fs.readFileSync(filename, 'latin1')
    const wrapped = `'use strict';(function(exports,require,module,__filename,__dirname){${text}\n})`
    const script = new this.#vm.Script(wrapped, { filename, cachedData: this.#codeOf(name) })
    if (script.cachedDataRejected !== false) this.#isStale = true
    this.#scripts.set(name, script)
    const run = script.runInThisContext() as (...args: readonly unknown[]) => void
    run(part.exports, this.require, part, filename, this.#folder)
    return part.exports
  }

  /** Many runs never use these modules, which take a millisecond or more to load: they wait until something of them is used. */
  #other(name: string): unknown {
    const isLate = name === 'node:child_process' || name === 'node:fs/promises'
    if (!isLate) return this.#require(name)
    const get = (_: object, key: string): unknown =>
      (this.#require(name) as Readonly<Record<string, unknown>>)[key]
    // As the prototype, so that what inherits from it has all of it too.
    return Object.create(new Proxy({}, { get })) as unknown
  }

  #codeOf(name: string): Buffer | undefined {
    if (this.#cache === undefined) return undefined
    try {
      return this.#fs.readFileSync(this.#cache + name.slice(1))
    } catch {
      return undefined
    }
  }

  /** Of all that ran, so that what this command has in common with others has the functions of them all. */
  #save(): void {
    if (this.#cache === undefined) return
    for (const [name, script] of this.#scripts) {
      const path = this.#cache + name.slice(1)
      const making = `${path}.${process.pid}`
      try {
        // A new file: the folder may lie among those of others.
        this.#fs.writeFileSync(making, script.createCachedData(), { mode: 0o600, flag: 'wx' })
        this.#fs.renameSync(making, path)
      } catch {
        // The next run compiles again.
        this.#fs.rmSync(making, { force: true })
      }
    }
  }
}

/** What stands in front of the entry of the bundle; a run that loads no part sets nothing up. */
export const intro = `{
${String(Parts)}
const ofNode = require
let parts
require = (name) =>
  name.startsWith('./') ? (parts ??= new Parts(ofNode, __dirname)).require(name) : ofNode(name)
}`
