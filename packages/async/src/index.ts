/* What programs that do several things at once need: task groups, cancel scopes, time limits, retry. */

export { taskGroup, type TaskGroup } from './groups/task-group.ts'
export type { Task, TaskState } from './tasks/task.ts'
export type { StartContext, Started, StartJob } from './tasks/start.ts'
export { CancelScope, type Canceller, type CancelScopeOptions } from './tasks/cancel-scope.ts'
export { gather, gatherSettled, type Results, type SettledResults } from './groups/gather.ts'
export { asCompleted, type Completed, type Completions } from './groups/as-completed.ts'
export { asChannel, type AsChannelOptions } from './groups/as-channel.ts'
export { race } from './groups/race.ts'
export { firstSuccess, type FirstSuccessOptions } from './groups/first-success.ts'
export { wait, type Waited, type WaitForTasksOptions, type WaitUntil } from './groups/wait.ts'
export { map, mapUnordered, type MapOptions, type Transform } from './groups/map.ts'
export {
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  type LimitedJob,
  type LimitOptions,
} from './tasks/time-limits.ts'
export { currentTime, sleep, sleepUntil } from './tasks/sleep.ts'
export { every } from './tasks/every.ts'
export { checkpoint } from './tasks/checkpoint.ts'
export { retry, type FailedTry, type RetryContext, type RetryOptions } from './retry/retry.ts'
export { retryBudget, type RetryBudgetOptions } from './retry/budget.ts'
export { retryPolicy } from './retry/policy.ts'
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
} from './retry/conditions.ts'
export { waitChain, waitExponential, waitFixed, waitRandom, waitSum } from './retry/waits.ts'
export type { BlockOptions, Job, JobContext, WaitOptions } from './tasks/job.ts'
export { Semaphore, type SemaphoreOptions } from './locks/semaphore.ts'
export type { Lease } from './locks/permit.ts'
export { Mutex } from './locks/mutex.ts'
export { Gate } from './locks/gate.ts'
export { Condition } from './locks/condition.ts'
export { Barrier } from './locks/barrier.ts'
export {
  CapacityLimiter,
  type BorrowOptions,
  type CapacityStatistics,
} from './locks/capacity-limiter.ts'
export { Deferred, type DeferredState } from './locks/deferred.ts'
export { ResourceGuard } from './locks/resource-guard.ts'
export { Queue, type ItemStore, type QueueOptions, type ShutdownOptions } from './queues/queue.ts'
export { PriorityQueue, type PriorityQueueOptions } from './queues/priority-queue.ts'
export { LifoQueue } from './queues/lifo-queue.ts'
export { Channel, type ChannelStatistics, type Receiver, type Sender } from './queues/channel.ts'
export { run, type Main, type RunOptions } from './tasks/run.ts'
export { signals, type SignalIterator } from './tasks/signals.ts'
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
export { Memo, type MemoJob, type MemoOptions, type MemoStatistics } from './tasks/memo.ts'
export { RateLimiter, type RateLimiterOptions, type RateOptions } from './locks/rate-limiter.ts'
export {
  CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitChange,
  type CircuitState,
} from './retry/circuit-breaker.ts'
export { Pool } from './pool/pool.ts'
export type { CloseOptions } from '@net/core'
export type { PoolLease, PoolOptions } from './pool/options.ts'
