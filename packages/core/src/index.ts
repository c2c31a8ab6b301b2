/* What users of any protocol need: errors, events and logs, data, credentials, endpoints. */

export {
  AbortError,
  ArgumentError,
  AuthError,
  ConnectError,
  ConnectionLostError,
  GroupError,
  HostKeyError,
  IntegrityError,
  isAbort,
  isNetError,
  LocalIoError,
  NetError,
  NetTimeoutError,
  PartialError,
  PolicyError,
  ProtocolError,
  ProxyError,
  RedirectError,
  ReplyError,
  RetryError,
  StateError,
  TlsError,
  type ErrorContext,
  type ErrorDetails,
  type PeerReply,
  type Phase,
} from './errors/net-error.ts'
export { isRetryable, type RetryableOptions } from './errors/retryable.ts'
export { reviveError } from './errors/revive-error.ts'
export type { NetErrorCode, RetryClass } from './errors/codes.ts'
export {
  onEvent,
  type EventHead,
  type NetEvent,
  type NetEventListener,
  type NetEventName,
  type NetEvents,
  type OperationEvent,
  type PhaseEvent,
  type PoolEvent,
  type TransferEvent,
  type RetryEvent,
  type WireEvent,
} from './events/channels.ts'
export type { CallDefaults, CallOptions } from './operation/call-options.ts'
export type { CloseOptions } from './operation/close-options.ts'
export type { Timeout, TimeoutOptions } from './time/limits.ts'
export type { Progress } from './progress.ts'
export type { FailedAttempt, RetryPolicy } from './retry/policy.ts'
export type { RetryPolicyOptions } from './retry/back-off.ts'
export type { RetryBudget } from './retry/budget.ts'
export type { FailureSoFar, RetryFilter, RetryStop, RetryWait } from './retry/decisions.ts'
export type { BackOffOptions } from './retry/exponential.ts'
export type { RetryOption } from './retry/option.ts'
export {
  formatEndpoint,
  isLoopback,
  parseEndpoint,
  type Endpoint,
  type EndpointOptions,
  type ParsedEndpoint,
} from './endpoint.ts'
export { isSecret, secret, type Secret } from './redaction/secret.ts'
export type { Credential, CredentialRequest } from './credential.ts'
export { consoleSink, type ConsoleSinkOptions } from './events/console-sink.ts'
export { jsonSink } from './events/json-sink.ts'
export type { TextStream } from './events/text-stream.ts'
export type { LogLevel, LogRecord, LogSink, LogThreshold } from './events/log-record.ts'
export { logTo, type LogOption, type LogOptions } from './events/log-to.ts'
export { logWarnings } from './events/log-warnings.ts'
export {
  loggerSink,
  type LoggerLike,
  type LoggerSinkOptions,
  type LogMethod,
} from './events/logger-sink.ts'
export {
  fromFile,
  fromText,
  toFile,
  type FileSink,
  type FileSource,
  type FromFileOptions,
  type TextSource,
  type ToFileOptions,
} from './data/file.ts'
export type { Source } from './data/source.ts'
export type {
  RemoteCapabilities,
  RemoteCopyOptions,
  RemoteEntry,
  RemoteFiles,
  RemoteMkdirOptions,
  RemoteReadOptions,
  RemoteRemoveOptions,
  RemoteRenameOptions,
  RemoteStatOptions,
  RemoteTimes,
  RemoteWriteOptions,
} from './data/remote-files.ts'
export { safeJoin } from './data/safe-join.ts'
export type { Sink } from './data/sink.ts'
