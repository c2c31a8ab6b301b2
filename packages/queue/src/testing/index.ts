/* What tests of jobs need: a check of places for jobs, and a way to lose them. */

export { checkQueue, type CheckQueueOptions } from './check-queue.ts'
export { cutOff } from './cut-off.ts'
export type { QueueUnderTest } from './queue-case.ts'
