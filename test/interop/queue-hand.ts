// A process that works for a queue, and tells a server what it does. Argument: the plan as JSON. Closes on SIGTERM with a short grace.
import { openQueue, type Job, type JobContext } from '@net/queue'
import { tell, type HandPlan } from './queue-effects.ts'

const plan = JSON.parse(process.argv[2] ?? '') as HandPlan
const queue = openQueue('hands', { url: plan.url })
const say = (what: string, { id, attempt }: Job<unknown>): Promise<void> =>
  tell(plan.port, { what, id, attempt })

const works = {
  /** What it does after the answer is an effect, and must not be done by two. */
  async plain(job: Job<unknown>, { signal }: JobContext): Promise<string> {
    await say('begin', job)
    await say(signal.aborted ? 'aborted' : 'effect', job)
    return `attempt ${job.attempt}`
  },
  async marked(job: Job<unknown>, context: JobContext): Promise<string> {
    await context.mark('sent')
    return works.plain(job, context)
  },
  /** Does not heed its signal. */
  async deaf(job: Job<unknown>, { signal }: JobContext): Promise<void> {
    signal.addEventListener('abort', () => void say('signalled', job))
    await say('begin', job)
    await say('work', job)
    if (job.id === 'for ever') await new Promise(() => {})
    await say('end', job)
  },
  /** Ends its process, if it is that job. */
  async poison(job: Job<unknown>): Promise<void> {
    await say('begin', job)
    if (job.id === 'poison') process.exit(3)
    await say('end', job)
  },
}

const { lease, concurrency = 1, deadlineGrace = 10_000 } = plan
queue.process(works[plan.work], { lease, concurrency, deadlineGrace })
const ready = { what: 'ready', id: '', attempt: 0 }
if (plan.work === 'deaf') await tell(plan.port, ready)
process.once('SIGTERM', () => void queue.close({ grace: 300 }))
