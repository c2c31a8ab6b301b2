/* Waiting that ends the moment its operation is stopped, whatever becomes of what was waited for. */

import type { Operation } from './operation-spec.ts'

/** Waits for the promise; when the operation is stopped first, calls `cancel` and rejects with the reason at once. */
export function stoppable<T>(
  op: Pick<Operation, 'onAbort'>,
  waited: Promise<T>,
  cancel?: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = op.onAbort((reason) => {
      cancel?.()
      reject(reason)
    })
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
