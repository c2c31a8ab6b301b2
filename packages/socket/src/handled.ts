/* Promises whose rejection may stay unseen, such as that of a write that was not awaited. */

/** The same promise; if it rejects without a listener, that is not an unhandled rejection. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** A rejected promise whose rejection may stay unseen. */
export function rejected(error: Error): Promise<never> {
  return handled(Promise.reject(error))
}

/** A promise that has resolved, made once. */
export const DONE: Promise<void> = Promise.resolve()

/** What a call gives at once, or throws, as a promise; the promise that it gives without one more of ours. */
export function promised<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    const given = call()
    return given instanceof Promise ? given : Promise.resolve(given)
  } catch (error) {
    return Promise.reject(error)
  }
}
