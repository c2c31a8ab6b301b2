/* Waits that are to fail, begun before what makes them fail. */

/** What the promise rejects with; a value that it resolves to instead stands in a text. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    return `no failure but ${String(await promise)}`
  } catch (error) {
    return error
  }
}
