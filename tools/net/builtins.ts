/* How a bundle takes what is in Node: less of it, and later, than an import does. */

/**
 * An import of a module of Node runs all its getters, which load further modules: `webcrypto` with `node:crypto`, the report
 * and more with `node:process`. What `process.getBuiltinModule` returns is the module alone.
 */
export const builtins = {
  name: 'builtins',
  renderChunk: (code: string): string =>
    code.replace(IMPORTS, (statement) => taken(IMPORT.exec(statement)?.groups ?? {})),
}

/** The statement as constants: `import fs, { stat as look } from "node:fs";`. */
function taken({ whole, all, names = '', from = '' }: Parts): string {
  const module = `globalThis.process.getBuiltinModule(${JSON.stringify(from)})`
  const isLate = LATE.has(from)
  const late = `new Proxy({}, { get: (_, key) => ${module}[key] })`
  const wholes = [whole, all].filter((local) => local !== undefined)
  const listed = names.split(',').filter((each) => each.trim() !== '')
  return [
    ...wholes.map((local) => `const ${local} = ${isLate ? late : module};`),
    ...listed.map((each) => {
      const [key = '', local = key] = each.trim().split(' as ')
      const value = `${module}.${key}`
      const isWaiting = isLate && isFunction(from, key)
      return `const ${local} = ${isWaiting ? `(...args) => ${value}(...args)` : value};`
    }),
  ].join('')
}

/** And no class, which is called with `new`. */
function isFunction(from: string, key: string): boolean {
  const module: Readonly<Record<string, unknown>> = { ...process.getBuiltinModule(from) }
  return typeof module[key] === 'function' && /^[a-z]/.test(key)
}

type Parts = Readonly<Partial<Record<string, string>>>

/** What many runs have no use for, and takes a millisecond and more to load: it waits for the first call. */
const LATE = new Set(['node:child_process', 'node:fs/promises'])

const IMPORT =
  /^import (?:(?<whole>[\w$]+)(?:, )?)?(?:\{(?<names>[^}]*)\}|\* as (?<all>[\w$]+))? from "(?<from>node:[^"]+)";$/m
const IMPORTS = new RegExp(IMPORT, 'gm')
