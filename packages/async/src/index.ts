/* What programs that do several things at once need: task groups, cancel scopes, time limits, retry. */

export { taskGroup, type TaskGroup } from './task-group.ts'
export type { Task, TaskState } from './task.ts'
export type { StartContext, Started, StartJob } from './start.ts'
export { CancelScope, type Canceller, type CancelScopeOptions } from './cancel-scope.ts'
export { gather, gatherSettled, type Results, type SettledResults } from './gather.ts'
export { map, type MapOptions, type Transform } from './map.ts'
export { failAfter, moveOnAfter, type LimitedJob, type LimitOptions } from './time-limits.ts'
export { sleep } from './sleep.ts'
export { retry, type FailedTry, type RetryContext, type RetryOptions } from './retry.ts'
export { retryBudget, type RetryBudget, type RetryBudgetOptions } from './retry-budget.ts'
export { retryPolicy, type RetryPolicyOptions } from './retry-policy.ts'
export type { BlockOptions, Job, JobContext, WaitOptions } from './job.ts'
