// Module hooks of the tests on the oldest Node: our packages are the packed ones, and the syntax of TypeScript programs is
// lowered to what that Node reads.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { transform } from 'esbuild'

const importer = pathToFileURL(join(process.env.NET_TEST_PACKED, 'test.js')).href

export function resolve(specifier, context, next) {
  if (!specifier.startsWith('@net/')) return next(specifier, context)
  const conditions = context.conditions.filter((condition) => condition !== '@net/source')
  return next(specifier, { ...context, conditions, parentURL: importer })
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/'))
    return next(url, context)
  const file = fileURLToPath(url)
  const { code } = await transform(await readFile(file, 'utf8'), {
    loader: 'ts',
    target: 'node22.19',
  })
  return { format: 'module', source: code, shortCircuit: true }
}
