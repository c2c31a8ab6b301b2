/* The addresses behind the list: operations as rows, one whole, the stream of changes, pools, exports. */

import type { IsSecret } from '@net/core/authoring'

import { harOf } from '../export/har.ts'
import { tracesOf } from '../export/traces.ts'
import { detailOf } from '../history/detail.ts'
import type { History } from '../history/history.ts'
import type { OperationRecord } from '../history/operation-record.ts'
import type { Pools } from '../history/pools.ts'
import { rowOf } from '../history/row.ts'
import type { Processes } from '../processes/processes.ts'
import { REPORT_BYTES, REPORT_PATH } from '../processes/reporter.ts'
import { answer, answerJson, answerText, SAFETY } from './answer.ts'
import { pageFile } from './page-files.ts'
import { jsonBody } from './request-body.ts'
import { changing, reporting, showing, type Exchange, type Route } from './routes.ts'
import type { AboutShown, RowsShown } from './shown.ts'
import type { Streams } from './streams.ts'

/** What the routes show. */
export interface Shown {
  readonly history: History
  readonly pools: Pools
  readonly streams: Streams
  readonly processes: Processes
  /** What the page needs once: title, program, lab. */
  readonly about: AboutShown
  /** Names the parameters whose values are not exported. */
  readonly isSecret: IsSecret
}

/** The routes of the page and of what it shows of operations. */
export function dataRoutes(shown: Shown): readonly Route[] {
  const { history, pools, streams, processes, about, isSecret } = shown
  const { epoch } = about
  return [
    showing('/', 'page', (exchange) => sendFile(exchange, 'index.html')),
    showing('/page/:file', 'page', (exchange) => sendFile(exchange, exchange.parts[0] ?? '')),
    showing('/api/about', 'data', ({ response }) => answerJson(response, about)),
    showing('/api/operations', 'data', (exchange) => sendRows(history, exchange)),
    showing('/api/operations/:id', 'data', (exchange) => sendDetail(history, exchange)),
    showing('/api/stream', 'data', (exchange) => openStream(streams, exchange)),
    showing('/api/pools', 'data', ({ response }) => answerJson(response, pools.list())),
    showing('/api/export/har', 'data', (exchange) =>
      sendExport(exchange, 'operations.har', harOf(chosen(history, exchange), epoch, isSecret)),
    ),
    showing('/api/export/traces', 'data', (exchange) =>
      sendExport(exchange, 'traces.json', tracesOf(chosen(history, exchange), epoch, isSecret)),
    ),
    showing('/api/processes', 'data', ({ response }) => answerJson(response, processes.list())),
    reporting(REPORT_PATH, async ({ request, response }) => {
      processes.take(await jsonBody(request, REPORT_BYTES))
      answerJson(response, {})
    }),
    changing('/api/clear', ({ response }) => {
      history.clear()
      streams.tell('clear', {})
      answerJson(response, {})
    }),
  ]
}

function sendFile({ response }: Exchange, name: string): void {
  const file = pageFile(name)
  if (file === undefined) return answerText(response, 'There is no such file.\n', 404)
  answer(response, file.content, { type: file.type })
}

/** The newest rows; with `before` those older than an ordinal, with `after` those that have changed since a number. */
function sendRows(history: History, { query, response }: Exchange): void {
  const { sequence, oldest, seen } = history
  const limit = Math.min(wholeNumber(query.get('limit')) ?? FIRST, MOST)
  const after = wholeNumber(query.get('after'))
  const before = Math.min(wholeNumber(query.get('before')) ?? seen, seen)
  const records =
    after === undefined
      ? history.between(before - limit, before)
      : history.changedSince(after).slice(-limit)
  // The newest first, as they are shown.
  const rows = records.map(rowOf).toReversed()
  const shown: RowsShown = { sequence, oldest, rows }
  answerJson(response, shown)
}

function sendDetail(history: History, { parts, response }: Exchange): void {
  const detail = detailOf(history, wholeNumber(parts[0] ?? null) ?? -1)
  if (detail === undefined) return answerText(response, 'This operation is forgotten.\n', 404)
  answerJson(response, detail)
}

function openStream(streams: Streams, { response }: Exchange): void {
  if (streams.add(response)) return
  answerText(response, 'Too many pages are open.\n', 429)
}

/** The operations from one ordinal to another. */
function chosen(history: History, { query }: Exchange): readonly OperationRecord[] {
  const from = wholeNumber(query.get('from')) ?? 0
  return history.between(from, wholeNumber(query.get('to')) ?? history.seen)
}

function sendExport({ response }: Exchange, name: string, content: object): void {
  const fields = { ...SAFETY, 'content-disposition': `attachment; filename="${name}"` }
  answer(response, JSON.stringify(content, undefined, 1), { type: 'application/json', fields })
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/u.test(text) ? Number(text) : undefined
}

const FIRST = 500
const MOST = 20_000
