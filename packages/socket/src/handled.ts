/* Promises whose rejection nobody has to look at, such as that of a write that was not awaited. */

/** The same promise; if it rejects and nobody listens, the process hears nothing of it. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** A rejected promise that nobody has to look at. */
export function refused(error: Error): Promise<never> {
  return handled(Promise.reject(error))
}

/** A promise that has resolved, made once. */
export const DONE: Promise<void> = Promise.resolve()
