/* Answers calls with what was recorded: in its order, piece by piece, and with the errors that there were. */

import { readFile } from 'node:fs/promises'

import {
  codes,
  inCall,
  type IsSecret,
  netError,
  option,
  optionsDoor,
  secretNames,
} from '@net/core/authoring'
import type { NetError, NetErrorCode } from '@net/core'

import { wholeBody, type HttpBody } from '../body.ts'
import type { Handler } from '../handler.ts'
import { contentBytes, postDataOf } from '../har/content.ts'
import type { Har, HarContent, HarEntry, HarPostData } from '../har/har.ts'
import { urlWithoutSecrets } from '../har/secrets.ts'
import { HttpHeaders } from '../headers.ts'
import { openBody } from '../request-body.ts'
import type { HttpRequest } from '../request.ts'
import { ClientResponse, readingRules, type HttpResponse } from '../response.ts'
import { PiecesBody } from './pieces-body.ts'
import { differences, recordedCall, type ComparedCall, type MatchRules } from './har-match.ts'

/** How calls are found among those that were recorded. */
export interface ReplayOptions {
  /** As those that they were recorded with. */
  readonly secretNames?: readonly string[] | undefined
  /** Parameters of the query that may have another value, such as a date. */
  readonly ignoreQuery?: readonly string[] | undefined
  /** Header fields that have to be the same. Default none. */
  readonly matchHeaders?: readonly string[] | undefined
  /** Whether the last of equal calls is given again when there are no more. Default false: that is an error. */
  readonly repeatLast?: boolean | undefined
}

/**
 * A `handler` for `createClient` that answers with what `recordHar` has recorded, given as a file or as a value. Equal calls
 * get their answers in the order in which they were recorded; JSON is compared by its meaning, forms by their fields. What was
 * not recorded rejects with `NET_NOT_FOUND`, which names the nearest recording and where it differs; nothing is ever
 * connected.
 */
export function replayHar(from: string | URL | Har, options?: ReplayOptions): Handler {
  const taken = inCall({ protocol: 'http', call: 'replayHar' }, () => replayOptions(options))
  const isSecret = secretNames(taken.secretNames)
  const rules: MatchRules = {
    isSecret,
    ignoreQuery: new Set(taken.ignoreQuery),
    headers: (taken.matchHeaders ?? []).map((each) => each.toLowerCase()),
  }
  let tape: Promise<Tape> | undefined
  return async (request) => {
    tape ??= loaded(from).then((har) => new Tape(har, rules, taken.repeatLast ?? false))
    // Before the body is read, which may take its time: a failure must not be without anybody who waits for it.
    const recorded = await tape
    return answerOf(recorded.next(await comparedCall(request, isSecret)), request)
  }
}

interface Recorded {
  readonly entry: HarEntry
  readonly call: ComparedCall
  isUsed: boolean
}

/** The recorded calls, and which of them were asked for. */
class Tape {
  readonly #rules: MatchRules
  readonly #repeatLast: boolean
  readonly #all: readonly Recorded[]

  constructor(har: Har, rules: MatchRules, repeatLast: boolean) {
    this.#rules = rules
    this.#repeatLast = repeatLast
    this.#all = har.log.entries.map((entry) => ({
      entry,
      call: recordedCall(entry.request),
      isUsed: false,
    }))
  }

  /** The next answer to such a call. Throws `NET_NOT_FOUND`. */
  next(wanted: ComparedCall): HarEntry {
    const equal = this.#all.filter((each) => this.#compare(wanted, each).length === 0)
    const next = equal.find((each) => !each.isUsed) ?? (this.#repeatLast ? equal.at(-1) : undefined)
    if (next === undefined) throw this.#missing(wanted, equal.length)
    next.isUsed = true
    return next.entry
  }

  #compare(wanted: ComparedCall, { call }: Recorded): string[] {
    return differences(wanted, call, this.#rules)
  }

  #missing(wanted: ComparedCall, equal: number): NetError {
    const shown = `${wanted.method} ${urlWithoutSecrets(wanted.url, this.#rules.isSecret).href}`
    if (equal > 0)
      return notRecorded(`${shown} was recorded ${equal} times, and is asked for once more`)
    const [nearest] = this.#all.toSorted(
      (a, b) => this.#compare(wanted, a).length - this.#compare(wanted, b).length,
    )
    if (nearest === undefined) return notRecorded(`${shown} was not recorded; nothing was`)
    const { method, url } = nearest.entry.request
    const differs = this.#compare(wanted, nearest).join(', ')
    return notRecorded(`${shown} was not recorded; ${method} ${url} differs in ${differs}`)
  }
}

function notRecorded(message: string): NetError {
  return netError('NET_NOT_FOUND', { message, retry: 'never' })
}

async function loaded(from: string | URL | Har): Promise<Har> {
  if (typeof from !== 'string' && !(from instanceof URL)) return from
  try {
    return JSON.parse(await readFile(from, 'utf8')) as Har
  } catch (cause) {
    const message = `the recording ${String(from)} cannot be read`
    throw netError('NET_BAD_CONFIG', { message, cause })
  }
}

async function comparedCall(request: HttpRequest, isSecret: IsSecret): Promise<ComparedCall> {
  const { method, url, headers } = request
  const fields = new Map(Array.from(headers, ([name, value]) => [name.toLowerCase(), value]))
  return { method, url, headers: fields, postData: await sentBy(request, isSecret) }
}

async function sentBy(
  { body, headers }: HttpRequest,
  isSecret: IsSecret,
): Promise<HarPostData | undefined> {
  if (body === undefined) return undefined
  body.begun = true
  await using open = await openBody(body)
  const chunks: Uint8Array[] = []
  for await (const chunk of open.chunks()) chunks.push(Uint8Array.from(chunk))
  return await postDataOf(Buffer.concat(chunks), headers.get('content-type') ?? '', isSecret)
}

function answerOf({ response, _error }: HarEntry, request: HttpRequest): HttpResponse {
  const error = _error && errorOf(_error)
  const { status, statusText, headers, content, _url } = response
  if (error !== undefined && status === 0) throw error
  return new ClientResponse({
    status,
    statusText,
    url: _url ?? request.url.href,
    headers: new HttpHeaders(fieldsOf(headers)),
    history: [],
    timings: { reused: false, connected: 0, answered: 0 },
    body: bodyOf(content, error),
    rules: readingRules(undefined, { protocol: 'http' }),
  })
}

function bodyOf(
  { text = '', encoding, _chunks: lengths = [] }: HarContent,
  error: NetError | undefined,
): HttpBody {
  const bytes = contentBytes(text, encoding)
  if (error === undefined && lengths.length < 2) return wholeBody(bytes)
  const pieces: Uint8Array[] = []
  let at = 0
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  if (at < bytes.length) pieces.push(bytes.subarray(at))
  return new PiecesBody(pieces, error)
}

/** What held for the bytes on the wire does not hold for those in the archive; its cookies are secrets of another run. */
function fieldsOf(headers: HarEntry['response']['headers']): [string, string][] {
  return headers
    .filter(({ name }) => !OF_THE_WIRE.has(name.toLowerCase()))
    .map(({ name, value }) => [name, value])
}

function errorOf({ code, message }: NonNullable<HarEntry['_error']>): NetError {
  const known = Object.hasOwn(codes, code) ? (code as NetErrorCode) : 'NET_INTERNAL'
  return netError(known, { message: `${message} (replayed)` })
}

const replayOptions = optionsDoor<ReplayOptions>(
  { protocol: 'http', call: 'replayHar' },
  {
    secretNames: option.list(option.text),
    ignoreQuery: option.list(option.text),
    matchHeaders: option.list(option.text),
    repeatLast: option.flag,
  },
)
const OF_THE_WIRE: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'set-cookie',
  'transfer-encoding',
])
