/*
 * Marks errors of calls whose client has lost its connection and makes no other one: who repeats such a call over the same
 * client only fails again. By a symbol of all installed copies.
 */

import type { NetError } from './net-error.ts'

/** The client that this call was made on is gone. */
export function markGone(error: NetError): void {
  Object.defineProperty(error, GONE, { value: true, configurable: true })
}

/** Whether a repeat over the same client can only fail. */
export function isOfGoneClient(error: NetError): boolean {
  return GONE in error
}

const GONE: unique symbol = Symbol.for('net.gone-client')
