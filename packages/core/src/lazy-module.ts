/*
 * Modules that are loaded when they are first needed. Node 22 remembers an import that failed, so that a moment without
 * descriptors would cost the program the module for good: it is not begun in such a moment.
 */

import { isError } from './errors/is-error.ts'

/**
 * Gives the module, which is loaded at the first call; two calls at once share that. Rejects with the system's error where no
 * descriptors are left, and with what the import throws; the next call tries again.
 */
export function lazyModule<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    loading ??= loaded(load).catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
}

async function loaded<T>(load: () => Promise<T>): Promise<T> {
  needDescriptors()
  return load()
}

/** Throws where there are not as many as an import of several files needs. */
function needDescriptors(): void {
  const { openSync, closeSync } = process.getBuiltinModule('node:fs')
  const opened: number[] = []
  try {
    while (opened.length < ENOUGH) opened.push(openSync(process.execPath, 'r'))
  } catch (error) {
    // What else is wrong with that file does not matter.
    if (isError(error) && 'code' in error && LACKING.has(error.code)) throw error
  } finally {
    for (const each of opened) closeSync(each)
  }
}

const ENOUGH = 8
const LACKING: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE'])
