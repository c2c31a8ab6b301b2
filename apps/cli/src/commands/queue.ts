/* `net queue`: looks at the jobs of a queue, and puts back or drops those that a person has decided about. */

import { existsSync } from 'node:fs'

import { jsonWithoutSecrets, netError, secretNames } from '@net/core/authoring'
import { openQueue, type JobInfo, type JobQueue, type JobState } from '@net/queue'

import { passwordInUrl } from '../address.ts'
import type { Call, CommandRun } from '../call.ts'
import { confirm } from '../prompt.ts'
import { UsageError } from '../usage-error.ts'

type Jobs = JobQueue<unknown>

/** How long a call waits for a Redis that does not answer, in milliseconds. */
const PATIENCE = 30_000
type Verb = (queue: Jobs, ids: readonly string[], call: Call) => Promise<number>

/** The first argument says what to do; the queue is that of the URL and the name. */
export const queue: CommandRun = async (call) => {
  const [word = '', url = '', name = '', ...ids] = call.args
  const verb = VERBS.get(word)
  if (verb === undefined) {
    throw new UsageError(`${word} is nothing that queues do: give ${[...VERBS.keys()].join(', ')}`)
  }
  checkThere(url)
  await using opened: Jobs = openQueue(name, {
    url: withPassword(url, call),
    defaults: { timeout: PATIENCE },
  })
  return await verb(opened, ids, call)
}

const STATES: readonly JobState[] = ['active', 'waiting', 'delayed', 'failed', 'unknown']

async function ls(
  opened: Jobs,
  _ids: readonly string[],
  { output, options, signal }: Call,
): Promise<number> {
  for (const state of STATES) {
    for await (const job of opened.list(state, { signal })) {
      const why = job.error === undefined ? '' : `  ${job.error.message}`
      const line = `${state.padEnd(8)} ${job.attempt}/${job.attempts}  ${job.id}${why}`
      await output.result(asResult(asJson(job, options)), output.name(line))
    }
  }
  const counts = await opened.counts({ signal })
  output.note(
    `${STATES.map((state) => `${counts[state]} ${state}`).join(', ')}, ${counts.done} done${counts.paused ? '; paused' : ''}`,
  )
  await output.event({ type: 'counts', ...counts })
  return 0
}

async function show(
  opened: Jobs,
  ids: readonly string[],
  { output, options, signal }: Call,
): Promise<number> {
  for (const id of atLeastOne(ids, 'show')) {
    const job = await opened.get(id, { signal })
    if (job === undefined) throw missing(id)
    const json = asJson(job, options)
    const lines = json.split('\n').map((line) => output.name(line))
    await output.result(asResult(json), lines.join('\n'))
  }
  return 0
}

/** With ids those that are failed or `unknown`, without ids all that are failed. */
async function retry(
  opened: Jobs,
  ids: readonly string[],
  { output, signal }: Call,
): Promise<number> {
  if (ids.length === 0) return told(output, 'retry', await opened.retryFailed({ signal }))
  for (const id of ids) {
    if (await opened.retry(id, { signal })) continue
    const job = await opened.get(id, { signal })
    if (job === undefined) throw missing(id)
    throw netError('NET_BAD_OPTION', {
      message: `the job ${id} is ${job.state}, not failed or unknown`,
    })
  }
  return told(output, 'retry', ids.length)
}

async function drain(opened: Jobs, _ids: readonly string[], call: Call): Promise<number> {
  const { waiting, delayed } = await opened.counts({ signal: call.signal })
  const what = `${waiting + delayed} jobs that wait`
  const isMeant =
    call.options.yes === true ||
    (await confirm(call.io, {
      text: `remove ${what}? [y/N] `,
      otherwise: `there is no terminal to ask at whether ${what} are removed: give --yes`,
      signal: call.signal,
    }))
  if (!isMeant) throw new UsageError('nothing was removed')
  return told(call.output, 'drain', await opened.drain({ signal: call.signal }))
}

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['ls', ls],
  ['show', show],
  ['retry', retry],
  ['drain', drain],
])

async function told(output: Call['output'], action: string, jobs: number): Promise<number> {
  const done = action === 'drain' ? 'removed' : 'put back'
  await output.result({ type: action, jobs }, `${jobs} ${jobs === 1 ? 'job' : 'jobs'} ${done}`)
  return 0
}

/** What is known of a job, without the values of secret fields. */
function asJson({ error, ...job }: JobInfo<unknown>, { secretName }: Call['options']): string {
  const text = JSON.stringify(error === undefined ? job : { ...job, error: error.message })
  return jsonWithoutSecrets(text, secretNames(secretName), 2) ?? text
}

function asResult(json: string): Readonly<Record<string, unknown>> & { readonly type: string } {
  return { type: 'job', ...(JSON.parse(json) as object) }
}

function atLeastOne(ids: readonly string[], verb: string): readonly string[] {
  if (ids.length === 0) throw new UsageError(`${verb} needs the id of a job`)
  return ids
}

function missing(id: string): Error {
  return netError('NET_NOT_FOUND', { message: `there is no job ${id}` })
}

/** A mistyped file would be made anew, and look like a queue without jobs. */
function checkThere(url: string): void {
  if (url === 'memory:') throw new UsageError('memory: is the memory of another program')
  const path = url.startsWith('file://') ? new URL(url) : url.replace(/^file:/u, '')
  if (url.startsWith('file:') && !existsSync(path)) {
    throw netError('NET_NOT_FOUND', { message: `there is no file ${String(path)}` })
  }
}

/** A password does not belong into the arguments: `NET_PASSWORD` has it. Throws `UsageError` for one in the URL. */
function withPassword(url: string, { io }: Call): string | URL {
  if (!/^rediss?:/iu.test(url) || !URL.canParse(url)) return url
  const whole = new URL(url)
  if (whole.password !== '') throw passwordInUrl('set NET_PASSWORD')
  // A percent sign of the password is no escape.
  whole.password = encodeURIComponent(io.env['NET_PASSWORD'] ?? '')
  return whole
}
