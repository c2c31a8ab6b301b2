/* What was thrown, as text. Callers may throw anything, also what has no text or fails when it is looked at. */

import { isError } from './is-error.ts'

/** The message of an error, or the text of any other value. Never throws. */
export function thrownMessage(thrown: unknown): string {
  return read(() => (isError(thrown) ? thrown.message : thrown))
}

/** The same, with the stack of an error where it has one. Never throws. */
export function thrownStack(thrown: unknown): string {
  return read(() => (isError(thrown) ? (thrown.stack ?? thrown.message) : thrown))
}

function read(text: () => unknown): string {
  try {
    return String(text())
  } catch {
    return UNREADABLE
  }
}

/** The text for a thrown value that has none. */
export const UNREADABLE = 'what was thrown cannot be read'
