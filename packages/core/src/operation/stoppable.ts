/* Waiting that ends the moment its operation is stopped, whatever becomes of what was waited for. */

import type { Operation } from './operation-spec.ts'

/**
 * Waits for the promise; when the operation is stopped first, calls `cancel` and rejects with the reason at once. A function
 * begins what is waited for, and is not called where the operation has been stopped before.
 */
export function stoppable<T>(
  op: Pick<Operation, 'onAbort'>,
  waited: Promise<T> | (() => Promise<T>),
  cancel?: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isStopped = false
    const forget = op.onAbort((reason) => {
      isStopped = true
      cancel?.()
      reject(reason)
    })
    if (isStopped && typeof waited === 'function') return
    begun(waited).then(
      (result) => {
        forget()
        resolve(result)
      },
      (error: Error) => {
        forget()
        reject(error)
      },
    )
  })
}

function begun<T>(waited: Promise<T> | (() => Promise<T>)): Promise<T> {
  if (typeof waited !== 'function') return waited
  try {
    return waited()
  } catch (error) {
    return Promise.reject(error)
  }
}
