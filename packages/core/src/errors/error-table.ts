/*
 * Foreign errors are translated by tables: the first row that matches names the code. A protocol package writes
 * the rows of its engine; the rows of Node itself stand behind them.
 */

import { isError } from './is-error.ts'
import type { SecretOwners } from '../redaction/redact.ts'
import type { ErrorRow } from './error-row.ts'
import { nodeErrors } from './from-node.ts'
import {
  addContext,
  isNetError,
  netError,
  redactForeign,
  type ErrorContext,
  type ErrorDetails,
  type NetError,
} from './net-error.ts'

/** Rows in the order in which they are tried. */
export type ErrorTable = readonly ErrorRow[]

/** A table of an engine's rows, with Node's own rows behind them. */
export function defineErrorTable(rows: readonly ErrorRow[]): ErrorTable {
  return Object.freeze([...rows, ...nodeErrors])
}

/** Matches errors whose `code` is one of these. */
export function hasCode(...wanted: readonly (string | number)[]): (error: Error) => boolean {
  return (error) => wanted.includes(Reflect.get(error, 'code') as string | number)
}

/** Matches errors whose message matches. */
export function hasMessage(pattern: RegExp): (error: Error) => boolean {
  return (error) => pattern.test(error.message)
}

/**
 * The error of ours for whatever was thrown. An error of ours passes with its context completed; a foreign one
 * becomes `cause`; one that no row knows is `NET_INTERNAL`.
 */
export function translate(
  thrown: unknown,
  table: ErrorTable,
  context: ErrorContext,
  owners?: SecretOwners,
): NetError {
  if (isNetError(thrown)) return addContext(thrown, context, owners)
  redactForeign(thrown, owners)
  if (!isError(thrown)) {
    const error = netError('NET_INTERNAL', {
      message: `${typeof thrown} was thrown`,
      cause: thrown,
    })
    return addContext(error, context, owners)
  }
  const row = table.find(({ when }) => when(thrown))
  const details: ErrorDetails = {
    message: thrown.message === '' ? thrown.name : thrown.message,
    cause: thrown,
    ...row?.details?.(thrown),
  }
  // What the row says of phase, retry and sizes is nearer to the fault than the context of the call.
  return addContext(netError(row?.code ?? 'NET_INTERNAL', details), context, owners)
}
