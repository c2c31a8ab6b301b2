/* What programs with jobs need: a queue, and what its calls take and give. */

export { openQueue } from './open-queue.ts'
export type { EventsOptions, JobQueue } from './job-queue.ts'
export type { AddOptions } from './add-options.ts'
export type { KeepOptions, KeepRule, QueueOptions } from './queue-options.ts'
export type { QueueTls } from './engine/queue-tls.ts'
export type { AddedJob, Job, JobCounts, JobInfo, JobState } from './job.ts'
export type { QueueEvent } from './queue-event.ts'
export type { PayloadIssue, PayloadSchema, PayloadVerdict } from './payload-schema.ts'
export type { JobContext, JobHandler } from './work/job-context.ts'
export type { JobWorker } from './work/worker.ts'
export type { WorkerState } from './work/worker-standing.ts'
export type {
  GroupLimits,
  JobRate,
  JobRetryOptions,
  ProcessOptions,
} from './work/process-options.ts'
