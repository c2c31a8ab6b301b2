/*
 * The system's files. Loading what reads them takes as long as a tenth of this library, and many programs that import it
 * never touch a file: it is loaded for the first of them.
 */

/** Node's `fs/promises`. */
export function disk(): typeof import('node:fs/promises') {
  return process.getBuiltinModule('node:fs/promises')
}

/** Node's `fs`, for what is done by descriptors. */
export function descriptors(): typeof import('node:fs') {
  // To ask Node each time costs a tenth of reading a small file.
  return (byDescriptors ??= process.getBuiltinModule('node:fs'))
}

let byDescriptors: typeof import('node:fs') | undefined
