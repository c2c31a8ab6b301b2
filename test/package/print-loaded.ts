// Prints the URL of every module that this process resolves; loaded with `node --import`.
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    process.stdout.write(`${resolved.url}\n`)
    return resolved
  },
})
