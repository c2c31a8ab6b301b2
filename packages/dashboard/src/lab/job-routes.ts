/* The addresses behind the jobs of a queue: a short list, one job whole on demand, and what can be done to it. */

import { harmless, isError, type IsSecret, jsonWithoutSecrets } from '@net/core/authoring'

import { answerJson, answerText } from '../web/answer.ts'
import { jsonBody } from '../web/request-body.ts'
import type { Exchange } from '../web/routes.ts'
import type { JobsShown } from '../web/shown.ts'
import type { LabJob, LabJobs, LabServer } from './lab.ts'

/** The jobs as the list shows them. */
export async function jobsOf(jobs: LabJobs): Promise<JobsShown> {
  const [counts, list] = await Promise.all([jobs.counts(), jobs.list()])
  return { counts, rows: list.slice(0, ROWS).map(rowOf), actions: Object.keys(jobs.actions) }
}

/** Answers with a part of what is known of a job, without its secrets: 64 KiB from the `from` of the address on. */
export async function showJob(
  { jobs }: LabServer,
  isSecret: IsSecret,
  { parts, query, response }: Exchange,
): Promise<void> {
  const whole = await jobs?.read(parts[1] ?? '')
  if (whole === undefined) return answerText(response, 'There is no such job.\n', 404)
  const text = jsonWithoutSecrets(whole, isSecret, INDENT) ?? whole
  const from = Number(query.get('from')) || 0
  answerJson(response, { size: text.length, text: text.slice(from, from + LONG) })
}

/** Does to a job what the request says; a refusal is an answer too. */
export async function actOnJob(
  { jobs }: LabServer,
  { parts, request, response }: Exchange,
): Promise<void> {
  const body = await jsonBody(request, SMALL)
  const name: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'action') : ''
  const { actions = {} } = jobs ?? {}
  const act = typeof name === 'string' && Object.hasOwn(actions, name) ? actions[name] : undefined
  if (act === undefined) return answerText(response, 'There is no such action.\n', 404)
  try {
    answerJson(response, { said: await act(parts[1] ?? '') })
  } catch (error) {
    answerJson(response, { said: harmless(isError(error) ? error.message : String(error)) })
  }
}

function rowOf({ id, state, attempt, error }: LabJob): LabJob {
  return { id: id.slice(0, ID), state, attempt, error: error?.slice(0, SENTENCE) }
}

const ROWS = 100
/** A row takes at most 400 bytes; an id has at most 255 characters. */
const ID = 255
const SENTENCE = 90
const SMALL = 4096
const LONG = 65_536
const INDENT = 2
