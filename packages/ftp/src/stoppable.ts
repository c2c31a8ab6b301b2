/* Waiting that ends the moment its operation is stopped, whatever becomes of what was waited for. */

import type { Operation } from '@net/core/authoring'

/** Waits for the promise; when the operation is stopped first, rejects with the reason at once. */
export function stoppable<T>(op: Operation, waited: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = op.onAbort(reject)
    waited.then(
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
