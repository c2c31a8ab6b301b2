/* The names by which classes of errors print. */

type ErrorClass = abstract new (...args: never) => Error

/**
 * Gives each class its key as the `name` of its errors: `nameErrors({ FtpReplyError })`. The name of a class itself does
 * not survive a minifier.
 */
export function nameErrors(classes: Readonly<Record<string, ErrorClass>>): void {
  for (const [name, Class] of Object.entries(classes)) {
    Object.defineProperty(Class.prototype, 'name', {
      value: name,
      configurable: true,
      writable: true,
    })
  }
}
