/* Replaces the imports of Node's modules in a bundle by calls that load less, and later. */

/**
 * An import of a module of Node runs all its getters, which load further modules: `webcrypto` with `node:crypto`, the report
 * and more with `node:process`. What `process.getBuiltinModule` returns is the module alone.
 */
export const builtins = {
  name: 'builtins',
  renderChunk: (code: string): string =>
    code.replace(IMPORTS, (statement) => taken(IMPORT.exec(statement)?.groups ?? {})),
}

/** Turns an import such as `import fs, { stat as look } from "node:fs";` into constants. */
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

/** Whether the export is a function; classes begin with a capital and are needed as they are. */
function isFunction(from: string, key: string): boolean {
  const module: Readonly<Record<string, unknown>> = { ...process.getBuiltinModule(from) }
  return typeof module[key] === 'function' && /^[a-z]/.test(key)
}

type Parts = Readonly<Partial<Record<string, string>>>

/** Modules that many runs never use and that take a millisecond or more to load: they are loaded at the first call. */
const LATE = new Set(['node:child_process', 'node:fs/promises'])

const IMPORT =
  /^import (?:(?<whole>[\w$]+)(?:, )?)?(?:\{(?<names>[^}]*)\}|\* as (?<all>[\w$]+))? from "(?<from>node:[^"]+)";$/m
const IMPORTS = new RegExp(IMPORT, 'gm')
