/*
 * Fields that Node does not print of an uncaught error. It prints one without asking the error's own `inspect`, and the
 * error behind it, or the bytes that had arrived, would fill a page.
 */

/** Sets a field that a console prints as `[Getter/Setter]`; it reads and is written as any other. */
export function sumUp(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    configurable: true,
    // A cause is not enumerable, as in the language itself.
    enumerable: key !== 'cause',
    get: () => value,
    set: (other: unknown) => {
      sumUp(error, key, other)
    },
  })
}
