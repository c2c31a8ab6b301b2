/* What authors of protocol packages need: the operation, error tables, limits, the clock. */

export {
  openOperation,
  operation,
  operationInAttempts,
  operationInTurn,
} from './operation/operation.ts'
export { atOnce } from './operation/at-once.ts'
export { runWithin } from './operation/surroundings.ts'
export { traceparentOf } from './operation/traces.ts'
export type {
  Attempt,
  Attempts,
  OpenOperation,
  OpenPhase,
  Operation,
  OperationSpec,
  RunInTurn,
  TakeTurn,
  Within,
} from './operation/operation-spec.ts'
export { callerFault, isCallerFault } from './callbacks/caller-fault.ts'
export { lazyModule } from './lazy-module.ts'
export { Link, LinkedList, type Linked } from './linked-list.ts'
export type { ClientContext } from './operation/call-options.ts'
export { closeDoor, GRACE } from './operation/close-options.ts'
export { clientContext } from './operation/client-context.ts'
export { clock, type Clock, type Timer } from './time/clock.ts'
export { Deadline } from './time/deadline.ts'
export { abortError } from './errors/abort.ts'
export { closedError } from './errors/closed.ts'
export { isOfGoneClient } from './errors/gone-client.ts'
export { isError, isRangeError, isTypeError } from './errors/is-error.ts'
export { codes, type CodeRow, type ErrorClassName } from './errors/codes.ts'
export type { ErrorRow } from './errors/error-row.ts'
export {
  defineErrorTable,
  hasCode,
  hasMessage,
  translate,
  type ErrorTable,
} from './errors/error-table.ts'
export { addContext, groupError, netError } from './errors/net-error.ts'
export { codeOf } from './errors/from-node.ts'
export { nameErrors } from './errors/name-errors.ts'
export { startError, type StartFailure } from './errors/start-error.ts'
export { harmless } from './errors/render.ts'
export { thrownMessage, thrownStack } from './errors/thrown-text.ts'
export { traceToCaller, traceWhereLost } from './errors/trace.ts'
export { isHeard, tell } from './events/channels.ts'
export { guarded } from './callbacks/guarded.ts'
export { claimSecrets, holdSecret, redact, type SecretOwners } from './redaction/redact.ts'
export {
  isSecretName,
  jsonWithoutSecrets,
  secretNames,
  type IsSecret,
} from './redaction/secret-fields.ts'
export { percentDecoded } from './percent.ts'
export { PRINTING } from './printing-key.ts'
export { pause } from './time/pause.ts'
export { limitsFor, timeoutCodes, wholeLimits, type CallKind, type Limits } from './time/limits.ts'
export { afterGrace } from './operation/scope.ts'
export { ITERATION_END, leavable, type LeavableOptions } from './data/leavable.ts'
export {
  WaitList,
  type Waiter,
  type WaitingCall,
  type WaitLimits,
  type WaitListOptions,
} from './operation/wait-list.ts'
export { nextId } from './operation/next-id.ts'
export {
  inCall,
  optionsDoor,
  optionsObject,
  type CallPlace,
  type OptionsDoor,
  type OptionTable,
  type Taken,
} from './options/door.ts'
export { option } from './options/option.ts'
export { mergeOwn, own, refuseControl } from './options/own.ts'
export { isPlainObject } from './options/plain-object.ts'
export { nameMeant, type Spellings } from './options/spelling.ts'
export { argument, decided, disown, refused, shape, type Shape } from './options/shape.ts'
export { BackOff, policyBy, retryTable } from './retry/back-off.ts'
export { earn } from './retry/budget.ts'
export { EarlierFailures } from './retry/earlier-failures.ts'
export { backOffTable, exponential } from './retry/exponential.ts'
export { defaultRetry, policyOf } from './retry/option.ts'
export { onSignalAbort } from './callbacks/signal-listeners.ts'
export { CredentialSource, type CredentialSubject } from './credential.ts'
export { logListener } from './events/log-to.ts'
export { writeText } from './events/text-stream.ts'
export {
  openSource,
  openSourceAtOnce,
  isReplayable,
  checkSource,
  type OpenSource,
  type SourceChunks,
} from './data/source.ts'
export { ByteQueue } from './data/byte-queue.ts'
export { decoderFor, type CharsetDecoder } from './data/charset.ts'
export { BatchWriter, type BatchTarget } from './data/batch-writer.ts'
export { MemoryRing } from './data/memory-ring.ts'
export { copyOf, PIECE, piecesOf, sizeOf, SMALL_CHUNK } from './data/chunks.ts'
export {
  lastLine,
  PrintedOutput,
  printedWithoutSecrets,
  type Printed,
} from './data/printed-output.ts'
export { disk } from './data/disk.ts'
export { makeLocalFolders } from './data/local-folders.ts'
export { DiskPace } from './data/disk-pace.ts'
export { whyUnsafe } from './data/safe-join.ts'
export { written } from './data/write-to-kernel.ts'
export { readNetrcFile } from './data/netrc-file.ts'
export type { NetrcEntry, NetrcLookup } from './data/netrc-text.ts'
export { isZero } from './data/zeros.ts'
export { isFileSink, isFileSource, isTextSource } from './data/file.ts'
export { lettingGo } from './data/let-go.ts'
export { onStuck } from './data/stuck-sink.ts'
export type { SinkVersion } from './data/part-file.ts'
export { partPath, VersionFile, type PartVersion, type VersionPlace } from './data/part-version.ts'
export {
  checkSink,
  openSink,
  type CommitOptions,
  type OpenSink,
  type OpenSinkOptions,
} from './data/sink.ts'
export { LENT_READS, LINK_REMOVAL, SMALL_FILES } from './data/tree-ways.ts'
export { stoppable } from './operation/stoppable.ts'
