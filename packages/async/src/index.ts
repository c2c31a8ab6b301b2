/* What programs that do several things at once need: task groups, cancel scopes, time limits, retry. */

export { taskGroup, type TaskGroup } from './task-group.ts'
export type { Task, TaskState } from './task.ts'
export type { StartContext, Started, StartJob } from './start.ts'
export { CancelScope, type Canceller, type CancelScopeOptions } from './cancel-scope.ts'
export { gather, gatherSettled, type Results, type SettledResults } from './gather.ts'
export { asCompleted, type Completed, type Completions } from './as-completed.ts'
export { asChannel, type AsChannelOptions } from './as-channel.ts'
export { race } from './race.ts'
export { firstSuccess, type FirstSuccessOptions } from './first-success.ts'
export { wait, type Waited, type WaitForTasksOptions, type WaitUntil } from './wait.ts'
export { map, mapUnordered, type MapOptions, type Transform } from './map.ts'
export {
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  type LimitedJob,
  type LimitOptions,
} from './time-limits.ts'
export { currentTime, sleep, sleepUntil } from './sleep.ts'
export { every } from './every.ts'
export { checkpoint } from './checkpoint.ts'
export { retry, type FailedTry, type RetryContext, type RetryOptions } from './retry.ts'
export { retryBudget, type RetryBudgetOptions } from './retry-budget.ts'
export { retryPolicy } from './retry-policy.ts'
export type {
  BackOffOptions,
  FailureSoFar,
  RetryBudget,
  RetryFilter,
  RetryPolicyOptions,
  RetryStop,
  RetryWait,
} from '@net/core'
export {
  allOf,
  anyOf,
  ifClass,
  ifCode,
  not,
  stopAfterAttempts,
  stopAfterElapsed,
} from './retry-conditions.ts'
export { waitChain, waitExponential, waitFixed, waitRandom, waitSum } from './retry-waits.ts'
export type { BlockOptions, Job, JobContext, WaitOptions } from './job.ts'
export { Semaphore, type SemaphoreOptions } from './semaphore.ts'
export type { Lease } from './permit.ts'
export { Mutex } from './mutex.ts'
export { Gate } from './gate.ts'
export { Condition } from './condition.ts'
export { Barrier } from './barrier.ts'
export { CapacityLimiter, type BorrowOptions, type CapacityStatistics } from './capacity-limiter.ts'
export { Deferred, type DeferredState } from './deferred.ts'
export { ResourceGuard } from './resource-guard.ts'
export { Queue, type ItemStore, type QueueOptions, type ShutdownOptions } from './queue.ts'
export { PriorityQueue, type PriorityQueueOptions } from './priority-queue.ts'
export { LifoQueue } from './lifo-queue.ts'
export { Channel, type ChannelStatistics, type Receiver, type Sender } from './channel.ts'
export { run, type Main, type RunOptions } from './run.ts'
export { signals, type SignalIterator } from './signals.ts'
export { dumpTasks } from './inspection/dump-tasks.ts'
export { liveTasks, type LiveTask } from './inspection/live-tasks.ts'
export {
  currentTask,
  onTaskEvent,
  trackTasks,
  type CurrentTask,
  type TaskEvent,
  type TaskEventListener,
} from './inspection/task-events.ts'
export { watchLag, type LagWatch, type WatchLagOptions } from './inspection/watch-lag.ts'
export { runProcess } from './process/run-process.ts'
export { spawnProcess, type RunningProcess } from './process/spawn-process.ts'
export { ProcessExitError } from './process/process-exit-error.ts'
export type { ProcessEnd } from './process/child-group.ts'
export type {
  ProcessOptions,
  ProcessResult,
  RunProcessBytesOptions,
  RunProcessOptions,
} from './process/process-options.ts'
export { inThread, type InThreadOptions, type ThreadLimiter } from './thread/in-thread.ts'
export { Memo, type MemoJob, type MemoOptions, type MemoStatistics } from './memo.ts'
export { RateLimiter, type RateLimiterOptions, type RateOptions } from './rate-limiter.ts'
export {
  CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitChange,
  type CircuitState,
} from './circuit-breaker.ts'
export { Pool } from './pool.ts'
export type { PoolCloseOptions, PoolLease, PoolOptions } from './pool-options.ts'
