/*
 * Results that no caller will get, because the call around them failed: they are disposed.
 */

import { reportLate } from '../report-late.ts'
import { within } from './within.ts'

/**
 * Disposes the value if it can be disposed, and waits 2 s for that at most. Never rejects: a disposal that fails or takes
 * longer is reported as a process warning.
 */
export async function discard(value: unknown): Promise<void> {
  if (typeof value !== 'object' || value === null) return
  if (await within(DISCARD_LIMIT, disposed(value))) return
  reportLate('a result that was no longer needed', `not disposed within ${DISCARD_LIMIT} ms`)
}

async function disposed(value: object): Promise<void> {
  try {
    if (isAsyncDisposable(value)) await value[Symbol.asyncDispose]()
    else if (isDisposable(value)) value[Symbol.dispose]()
  } catch (error) {
    reportLate('a result that was no longer needed could not be disposed', error)
  }
}

function isAsyncDisposable(value: object): value is AsyncDisposable {
  return Symbol.asyncDispose in value
}

function isDisposable(value: object): value is Disposable {
  return Symbol.dispose in value
}

const DISCARD_LIMIT = 2000
