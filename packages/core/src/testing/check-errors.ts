/*
 * Checks an error table against samples of what its engine throws. Plain `node:assert`, for any test runner.
 */

import assert from 'node:assert/strict'

import { codes, type NetErrorCode } from '../errors/codes.ts'
import { translate, type ErrorTable } from '../errors/error-table.ts'
import { nodeErrors } from '../errors/from-node.ts'

/** An error as the engine throws it, and the code that it must get. */
export interface ErrorSample {
  readonly error: Error
  readonly code: NetErrorCode
}

/**
 * Throws an AssertionError unless every sample gets its code and stays the `cause`, and every row of the table's own
 * is the first match of at least one sample: a row that no sample reaches is dead, shadowed by a row before it, or
 * untested. Node's own rows, which stand behind every table, need no samples.
 */
export function checkErrors(table: ErrorTable, samples: readonly ErrorSample[]): void {
  const reached = new Set(samples.map((sample) => checkSample(table, sample)))
  const ofNode = new Set(nodeErrors)
  for (const [index, row] of table.entries()) {
    assert.ok(Object.hasOwn(codes, row.code), `row ${index} has an unknown code: ${row.code}`)
    if (ofNode.has(row)) continue
    assert.ok(
      reached.has(index),
      `row ${index} (${row.code}) is the first match of no sample: it is dead, shadowed or untested`,
    )
  }
}

function checkSample(table: ErrorTable, { error, code }: ErrorSample): number {
  const index = table.findIndex(({ when }) => when(error))
  const translated = translate(error, table, {})
  const name = `the sample "${error.message}"`
  assert.equal(translated.code, code, `${name} became ${translated.code} by row ${index}`)
  assert.equal(translated.cause, error, `${name} is not the cause of its translation`)
  assert.notEqual(translated.message, '', `${name} has lost its message`)
  return index
}
