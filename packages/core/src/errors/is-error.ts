/*
 * What is an error, whichever realm made it: under Jest, and wherever else code runs in a vm context, Node's own errors
 * are no instances of the Error there.
 */

import { isNativeError } from 'node:util/types'

/** Whether the value is an Error, also one of another realm. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value) || isDomException(value)
}

/** Whether it is a RangeError or a subclass, also one of another realm. */
export function isRangeError(value: unknown): value is RangeError {
  return value instanceof RangeError || (isError(value) && value.name === 'RangeError')
}

/** Whether it is a TypeError or a subclass, also one of another realm. */
export function isTypeError(value: unknown): value is TypeError {
  return value instanceof TypeError || (isError(value) && value.name === 'TypeError')
}

/** Before Node 24 it is no native error. */
function isDomException(value: unknown): value is DOMException {
  return typeof DOMException === 'function' && value instanceof DOMException
}
