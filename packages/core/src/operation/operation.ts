/*
 * The one journey of every call: one operation per call, attempts inside it, phases inside those. It starts the
 * events, arms the limits, links the caller's signal, translates what an engine throws, and ends when what it
 * returned has ended. Engines are called inside an operation only.
 */

import type { CallOptions } from './call-options.ts'
import { logFromEnvironment } from '../events/environment.ts'
import type {
  Attempt,
  OpenOperation,
  Operation,
  OperationSpec,
  RunInTurn,
  TakeTurn,
} from './operation-spec.ts'
import { RunningOperation } from './running-operation.ts'

/** Runs one call. Rejects with a NetError; what the caller's own callbacks threw, marked by `callerFault`, passes as it is. */
export function operation<T>(
  spec: OperationSpec,
  options: CallOptions | undefined,
  run: (op: Operation) => Promise<T>,
): Promise<T> {
  logFromEnvironment()
  return new RunningOperation(spec, options).run(run)
}

/** As `operation`, for a call that is nothing but its attempts, which is what most calls are. */
export function operationInAttempts<T>(
  spec: OperationSpec,
  options: CallOptions | undefined,
  run: (op: Operation, attempt: Attempt) => Promise<T>,
): Promise<T> {
  logFromEnvironment()
  return new RunningOperation(spec, options).runInAttempts(run)
}

/** As `operationInAttempts`, for a call whose attempts each wait for a turn, and give it back. */
export function operationInTurn<T>(
  spec: OperationSpec,
  options: CallOptions | undefined,
  take: TakeTurn,
  run: RunInTurn<T>,
): Promise<T> {
  logFromEnvironment()
  return new RunningOperation(spec, options).runInTurn(take, run)
}

/** The operation of a call that is an object: it calls `begin` first, and `succeeded` or `failed` last. */
export function openOperation(
  spec: OperationSpec,
  options: CallOptions | undefined,
): OpenOperation {
  logFromEnvironment()
  return new RunningOperation(spec, options)
}
