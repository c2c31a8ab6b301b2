/*
 * A call whose work takes no time, such as adding to a list in memory. It has the same events and errors as every other
 * operation, and no limits or attempts of its own, since nothing is waited for.
 */

import type { CallOptions } from './call-options.ts'
import { logFromEnvironment } from '../events/environment.ts'
import { isHeard } from '../events/channels.ts'
import { operation } from './operation.ts'
import type { OperationSpec } from './operation-spec.ts'
import { own } from '../options/own.ts'

/**
 * Runs one call that is done when `run` returns; `run` gets the number of its operation if anybody listens to it. Rejects with
 * a NetError, as `operation` does.
 */
export function atOnce<T>(
  spec: OperationSpec,
  options: CallOptions | undefined,
  run: (operation: number | undefined) => T,
): Promise<T> {
  logFromEnvironment()
  const isPlain = own(options, 'signal') === undefined && !isHeard('operation', spec.client?.log)
  // Only a call that fails or is heard needs all that an operation is.
  if (!isPlain) return operation(spec, options, async (op) => run(op.id))
  try {
    return Promise.resolve(run(undefined))
  } catch (error) {
    return operation(spec, options, () => Promise.reject(error as Error))
  }
}
