/* The addresses behind the page's views of servers and scenarios. */

import { randomBytes } from 'node:crypto'

import { harmless, isError, type IsSecret } from '@net/core/authoring'

import { answer, answerJson, answerText, FOREIGN } from '../web/answer.ts'
import { jsonBody } from '../web/request-body.ts'
import { changing, showing, type Exchange, type Route } from '../web/routes.ts'
import type { LabSummary, MailShown, RunShown, ServerShown, ServerSummary } from '../web/shown.ts'
import { actOnJob, jobsOf, showJob } from './job-routes.ts'
import type { Lab, LabCall, LabMail, LabScenario, LabServer } from './lab.ts'

/** The routes of a lab; `isSecret` names the fields of jobs that are not shown. */
export function labRoutes(
  { servers = [], scenarios = [], call }: Lab,
  isSecret: IsSecret,
): readonly Route[] {
  const tickets = new Tickets()
  const running = new Set<string>()
  const withServer =
    (run: (server: LabServer, exchange: Exchange) => void | Promise<void>) =>
    (exchange: Exchange): void | Promise<void> => {
      const server = servers.find(({ name }) => name === exchange.parts[0])
      if (server !== undefined) return run(server, exchange)
      answerText(exchange.response, 'There is no such server.\n', 404)
    }
  return [
    showing('/api/servers', 'data', ({ response }) => answerJson(response, servers.map(summaryOf))),
    showing('/api/servers/:server', 'data', withServer(showServer)),
    showing('/api/servers/:server/file', 'data', withServer(showFile)),
    changing(
      '/api/servers/:server/mails/:number',
      withServer((server, exchange) => openMail(server, tickets, exchange)),
    ),
    // A frame cannot send our token, so that its address is the proof: random, for one use.
    showing('/mail/:ticket', 'page', ({ parts, response }) =>
      tickets.redeem(parts[0] ?? '', response),
    ),
    changing('/api/servers/:server/faults', withServer(arm)),
    showing(
      '/api/servers/:server/jobs/:id',
      'data',
      withServer((server, exchange) => showJob(server, isSecret, exchange)),
    ),
    changing('/api/servers/:server/jobs/:id', withServer(actOnJob)),
    showing('/api/scenarios', 'data', ({ response }) =>
      answerJson(
        response,
        scenarios.map(({ name, title, code }) => ({ name, title, code })),
      ),
    ),
    changing('/api/scenarios/:name', (exchange) => runScenario(scenarios, running, exchange)),
    changing('/api/call', (exchange) => runCall(call, exchange)),
  ]
}

/** What the page needs to show a lab at all. */
export function labSummary({ servers = [], scenarios = [], call }: Lab): LabSummary {
  return { servers: servers.length, scenarios: scenarios.length, call: call?.example }
}

function summaryOf({ name, protocol, url, about, login, faults }: LabServer): ServerSummary {
  return { name, protocol, url, about, login, faults: Object.keys(faults ?? {}) }
}

async function showServer(server: LabServer, { response }: Exchange): Promise<void> {
  const mails = server.mails?.()
  const shown: ServerShown = {
    ...summaryOf(server),
    inbox: mails?.slice(-MANY).map(({ from, to, subject }) => ({ from, to, subject })),
    firstMail: Math.max(0, (mails?.length ?? 0) - MANY),
    tree: server.files?.list().slice(0, MANY),
    table: tableOf(server),
    jobs: server.jobs === undefined ? undefined : await jobsOf(server.jobs),
  }
  answerJson(response, shown)
}

function tableOf({ seen }: LabServer): ServerShown['table'] {
  if (seen === undefined) return undefined
  const { columns, rows } = seen()
  return { columns, rows: rows.slice(-MANY).map((row) => row.map((cell) => cell.slice(0, CELL))) }
}

function showFile({ files }: LabServer, { query, response }: Exchange): void {
  const path = query.get('path') ?? ''
  const isThere = files?.list().some((file) => file.path === path) === true
  const content = isThere ? files.read(path) : undefined
  if (content === undefined) return answerText(response, 'There is no such file.\n', 404)
  const text = Buffer.from(content.subarray(0, LONG)).toString()
  answerJson(response, { path, size: content.byteLength, text })
}

function openMail(server: LabServer, tickets: Tickets, { parts, response }: Exchange): void {
  const mail = server.mails?.()[Number(parts[1])]
  if (mail === undefined) return answerText(response, 'There is no such mail.\n', 404)
  answerJson(response, { ...mailText(mail), frame: tickets.issue(mail) })
}

async function runCall(call: LabCall | undefined, { request, response }: Exchange): Promise<void> {
  const { url } = fieldsOf(await jsonBody(request, SMALL))
  if (call === undefined || url === undefined) {
    return answerText(response, 'There is nothing to call.\n', 404)
  }
  answerJson(response, await outcome(() => call.run(url)))
}

async function arm({ faults = {} }: LabServer, { request, response }: Exchange): Promise<void> {
  const { fault = '' } = fieldsOf(await jsonBody(request, SMALL))
  const make = Object.hasOwn(faults, fault) ? faults[fault] : undefined
  if (make === undefined) return answerText(response, 'There is no such fault.\n', 404)
  make()
  answerJson(response, {})
}

async function runScenario(
  scenarios: readonly LabScenario[],
  running: Set<string>,
  { parts: [wanted], response }: Exchange,
): Promise<void> {
  const scenario = scenarios.find(({ name }) => name === wanted)
  if (scenario === undefined) return answerText(response, 'There is no such scenario.\n', 404)
  if (running.has(scenario.name)) return answerText(response, 'It runs already.\n', 429)
  running.add(scenario.name)
  const lines: string[] = []
  const tell = (line: string): void => {
    if (lines.length < MANY) lines.push(line.slice(0, CELL))
  }
  try {
    answerJson(response, { ...(await outcome(() => scenario.run(tell))), lines })
  } finally {
    running.delete(scenario.name)
  }
}

/** What a call gave, or the sentence of its error. */
async function outcome(run: () => Promise<unknown>): Promise<RunShown> {
  try {
    const text = await run()
    return { ok: true, text: typeof text === 'string' ? text.slice(0, LONG) : undefined }
  } catch (error) {
    const { message, code } = isError(error)
      ? (error as NodeJS.ErrnoException)
      : { message: String(error) }
    return { ok: false, error: harmless(message), code }
  }
}

function mailText({ from, to, subject, text, attachments, raw }: LabMail): MailShown {
  return {
    from,
    to,
    subject,
    text: text.slice(0, LONG),
    attachments,
    raw: Buffer.from(raw.subarray(0, LONG)).toString(),
  }
}

/** Addresses of mails' documents, each for one look. */
class Tickets {
  readonly #mails = new Map<string, string>()

  issue({ html }: LabMail): string | undefined {
    if (html === undefined) return undefined
    const ticket = randomBytes(24).toString('base64url')
    this.#mails.set(ticket, html)
    const [oldest] = this.#mails.keys()
    if (this.#mails.size > TICKETS && oldest !== undefined) this.#mails.delete(oldest)
    return `/mail/${ticket}`
  }

  redeem(ticket: string, response: Exchange['response']): void {
    const html = this.#mails.get(ticket)
    this.#mails.delete(ticket)
    if (html === undefined) return answerText(response, 'This address was for one use.\n', 404)
    answer(response, html, { type: 'text/html; charset=utf-8', fields: FOREIGN })
  }
}

function fieldsOf(body: unknown): { readonly url?: string; readonly fault?: string } {
  const fields = typeof body === 'object' && body !== null ? body : {}
  const [url, fault] = [Reflect.get(fields, 'url'), Reflect.get(fields, 'fault')] as unknown[]
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof fault === 'string' ? { fault } : {}),
  }
}

const SMALL = 4096
const MANY = 500
const CELL = 2000
const LONG = 65_536
const TICKETS = 20
