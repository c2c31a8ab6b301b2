/* What programs that move trees of files need: the verbs, and trees on this machine. */

export { localFiles, type LocalFilesOptions } from './local/local-files.ts'
export type { LocalNames } from './local/local-names.ts'
export { memoryFiles } from './memory/memory-files.ts'
export type { MemoryCapabilities, MemoryFilesOptions } from './memory/memory-options.ts'
