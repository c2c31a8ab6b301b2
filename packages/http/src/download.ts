/*
 * A file fetched into a sink, over as many requests as it takes: a cut one goes on at the byte where it ended, and so does the
 * next program, as long as the server has the same version. Where an answer belongs is what its Content-Range says. It must not
 * know connections.
 */

import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'

import { toFile, type NetError, type Sink } from '@net/core'
import {
  isFileSink,
  netError,
  openSink,
  operation,
  partPath,
  VersionFile,
  type Attempt,
  type OpenSink,
  type Operation,
  type PartVersion,
} from '@net/core/authoring'

import { ArrivingPart } from './arriving-part.ts'
import type { HttpBody } from './body.ts'
import { OperationCall } from './calls-under-way.ts'
import type { CallMaker } from './call-maker.ts'
import { contentRangeOf, unsatisfiedSizeOf } from './content-range.ts'
import type { DownloadResult, TakenDownload } from './download-options.ts'
import { HttpStatusError } from './errors.ts'
import { fieldsOver, type HttpHeaders } from './headers.ts'
import { mayBe, versionOf } from './part-version.ts'
import { onStuckAfterLoss, pour } from './reading.ts'
import type { PreparedRequest } from './request-factory.ts'
import type { HttpResponse } from './response.ts'

/** What is to be downloaded. */
export interface DownloadWish {
  readonly url: string | URL
  readonly sink: Sink
  readonly options: TakenDownload
  /** Its first request. */
  readonly prepared: PreparedRequest
}

/** Fetches the file, as one operation of the client. */
export function runDownload(maker: CallMaker, wish: DownloadWish): Promise<DownloadResult> {
  const { url, options, prepared } = wish
  const { signal: _, timeout: _1, retry: _2, onProgress: _3, ...call } = options.call
  let running: Download | undefined
  const spec = {
    ...maker.spec(prepared, 'download', 'transfer'),
    idempotent: true,
    usable: () => running?.isOver !== true,
  }
  return operation(spec, options.call, async (op) => {
    const get = (fields: Fields): Promise<HttpResponse> =>
      maker.within(op, url, { ...call, headers: fieldsOver(call.headers, fields) })
    const download = new Download(wish, op, get)
    running = download
    // A sink may take nothing for longer than the client is open.
    const underWay = new OperationCall(op)
    maker.calls.add(underWay)
    const forget = op.onAbort((reason) => download.giveUp(reason))
    try {
      return await op.attempt((attempt) => download.attempt(attempt))
    } catch (error) {
      await download.fail(error)
      throw error
    } finally {
      forget()
      maker.calls.delete(underWay)
    }
  })
}

type Fields = Readonly<Record<string, string>>

/** What an answer is for the bytes that are there already. */
type Fit =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly first: number; readonly end: number }
  /** All of it is there. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'unfit'; readonly why: NetError }

/** What answered: the headers decide, whatever the status. */
interface Said {
  readonly status: number
  readonly url: string
  readonly headers: HttpHeaders
  readonly response: HttpResponse | undefined
}

class Download {
  readonly #op: Operation
  readonly #options: TakenDownload
  /** Whether bodies are decoded: then no byte of a file has a place that a server could be asked for. */
  readonly #decodes: boolean
  readonly #target: string
  /** Rejects with `HttpStatusError` for a status of 400 or above. */
  readonly #get: (fields: Fields) => Promise<HttpResponse>
  readonly #sink: Sink
  readonly #versions: VersionFile | undefined
  #opened: OpenSink | undefined
  #hash: Hash | undefined
  #version: PartVersion | undefined
  /** The size of the whole, as the last answer told it. */
  #size: number | undefined
  #body: HttpBody | undefined
  /** What the sink threw by itself. */
  #broken: { readonly error: unknown } | undefined
  /** What ended the attempt before. */
  #cut: unknown
  #hasBegunAnew = false
  #transferred = 0
  /** That the call has ended, and why. */
  #over: { readonly reason: unknown } | undefined
  #opening: Promise<OpenSink> | undefined
  #aborting: Promise<void> | undefined

  constructor(
    { sink, options, prepared }: DownloadWish,
    op: Operation,
    get: (fields: Fields) => Promise<HttpResponse>,
  ) {
    this.#op = op
    this.#options = options
    this.#decodes = prepared.settings.decompress
    this.#target = prepared.request.url.href
    this.#get = get
    this.#sink = isFileSink(sink) && options.resume && !sink.inPlace ? keepingPart(sink) : sink
    const keeps = isFileSink(this.#sink) && this.#sink.keepPart
    this.#versions = keeps
      ? new VersionFile(this.#sink.path, { kind: 'http', of: this.#target })
      : undefined
  }

  async attempt(attempt: Attempt): Promise<DownloadResult> {
    try {
      for (;;) {
        const result = await this.#exchange(attempt)
        if (result !== undefined) return result
      }
    } catch (error) {
      this.#cut = error
      throw this.#broken === undefined ? error : this.#broken.error
    }
  }

  /** One request and what it gives; undefined if another one is to follow. */
  async #exchange(attempt: Attempt): Promise<DownloadResult | undefined> {
    if ((await this.#open()).position > 0 && !this.#mayGoOn()) await this.#restart()
    const { position } = await this.#open()
    const said = await this.#ask(position)
    attempt.sent()
    const fit = this.#fit(said, position)
    if (fit.kind === 'unfit') {
      said.response?.body.cancel()
      await this.#beginAnew(fit.why)
      return undefined
    }
    if (fit.kind === 'whole' && position > 0) await this.#restart()
    return (await this.#isDone(said, fit)) ? this.#commit(said) : undefined
  }

  /** Whether the sink was let go of. */
  get isOver(): boolean {
    return this.#over !== undefined
  }

  /** The call ends early: the sink is let go of before it settles. */
  giveUp(reason: unknown): void {
    this.#over ??= { reason }
    this.#aborting ??= this.#opened?.abort(reason).catch(() => {})
  }

  /** Closes the sink; a part stays if it is to be kept. */
  async fail(reason: unknown): Promise<void> {
    this.giveUp(reason)
    await this.#opening?.catch(() => {})
    await this.#aborting
  }

  async #open(): Promise<OpenSink> {
    if (this.#opened !== undefined) return this.#opened
    const opened = await this.#openSink(this.#options.resume)
    this.#version = opened.position === 0 ? undefined : await this.#versions?.read()
    return this.#take(opened)
  }

  /** Whether the rest may come from a later answer: it is known of which version the part is, or the whole is compared. */
  #mayGoOn(): boolean {
    const isKnown = this.#version?.validator !== undefined || this.#hash !== undefined
    return isKnown && !this.#decodes
  }

  async #take(opened: OpenSink): Promise<OpenSink> {
    this.#opened = opened
    opened.onFailure((error) => {
      // The next chunk is not needed any more; the call does not wait for it.
      this.#broken = { error }
      this.#body?.cancel()
    })
    const { checksum } = this.#options
    this.#hash = checksum && createHash(checksum.algorithm)
    if (this.#hash !== undefined && opened.position > 0 && isFileSink(this.#sink)) {
      const end = opened.position - 1
      const there = createReadStream(await partPath(this.#sink.path), { end })
      for await (const chunk of there) {
        if (this.#over !== undefined) throw this.#over.reason
        this.#hash.update(chunk as Uint8Array)
      }
    }
    return opened
  }

  /** One request, for what is missing. */
  async #ask(position: number): Promise<Said> {
    const { validator, size } = this.#version ?? {}
    // Of a part that is whole the last byte is asked for again: "nothing is behind it" would not say of which version.
    const from = size === position ? position - 1 : position
    const fields: Record<string, string> = position === 0 ? {} : { range: `bytes=${from}-` }
    if (position > 0 && validator !== undefined) fields['if-range'] = validator
    try {
      const response = await this.#get(fields)
      const { status, url, headers } = response
      if (status >= 200 && status < 300) return { status, url, headers, response }
      response.body.cancel()
      throw noFile(status)
    } catch (error) {
      if (!(error instanceof HttpStatusError) || error.status !== 416 || position === 0) throw error
      return { status: 416, url: this.#target, headers: error.headers, response: undefined }
    }
  }

  #fit({ status, headers }: Said, position: number): Fit {
    if (status === 416) return this.#fitOfRefusal(headers, position)
    if (status !== 206) return { kind: 'whole' }
    const range = contentRangeOf(headers)
    if (range === undefined) return unfit('a part without a Content-Range')
    const { first, last, size } = range
    if (first > position)
      return unfit(`the bytes from ${first} on, asked for those from ${position}`)
    if (position > 0 && !mayBe(this.#version ?? {}, headers, size)) return unfit('another version')
    if (last < position && size !== position) return unfit('bytes that are there already')
    return { kind: 'part', first, end: last + 1 }
  }

  /** "There is nothing behind that" may mean that all is there. */
  #fitOfRefusal(headers: HttpHeaders, position: number): Fit {
    const size = unsatisfiedSizeOf(headers)
    const { validator } = this.#version ?? {}
    const isSame = validator?.startsWith('"') === true && headers.get('etag') === validator
    if (size === position && (isSame || this.#hash !== undefined)) return { kind: 'complete' }
    const message = `the part has ${position} bytes, and the server has no more for it`
    const expected = size === undefined ? {} : { expected: size }
    return {
      kind: 'unfit',
      why: netError('NET_SIZE_MISMATCH', { message, received: position, ...expected }),
    }
  }

  /** Receives what was answered; resolves to whether the file is whole then. */
  async #isDone(
    { headers, response }: Said,
    fit: Exclude<Fit, { kind: 'unfit' }>,
  ): Promise<boolean> {
    if (response === undefined || fit.kind === 'complete') return true
    const sink = await this.#open()
    const size = fit.kind === 'part' ? contentRangeOf(headers)?.size : response.body.size
    this.#size = size
    if (sink.position === 0) await this.#remember(headers)
    const part = new ArrivingPart(sink, {
      skip: fit.kind === 'part' ? sink.position - fit.first : 0,
      hash: this.#hash,
      arrived: (bytes) => {
        this.#transferred += bytes
        this.#op.progress(sink.position, size)
      },
    })
    this.#body = response.body
    using _lost = onStuckAfterLoss(response.body, sink, (error) => this.giveUp(error))
    await pour(response.body, part)
    if (this.#broken !== undefined) throw this.#broken.error
    const { position } = sink
    if (fit.kind === 'whole') return true
    if (position < fit.end) throw incomplete(position, fit.end)
    if (position > fit.end) {
      await this.#beginAnew(unfit('more bytes than its Content-Range says').why)
      return false
    }
    // A server may send less than it was asked for.
    return position >= (size ?? position)
  }

  async #remember(headers: HttpHeaders): Promise<void> {
    this.#version = versionOf(headers, this.#size)
    if (!this.#decodes) await this.#versions?.write(this.#version)
  }

  /** Gives the sink its whole file; undefined if it turned out to be another one, and is to be fetched anew. */
  async #commit({ url, headers }: Said): Promise<DownloadResult | undefined> {
    const sink = await this.#open()
    const { checksum } = this.#options
    const digest = this.#hash?.digest('hex')
    if (checksum !== undefined && digest !== checksum.digest) {
      const message = `the ${checksum.algorithm} of what was received is ${digest}, not ${checksum.digest}`
      const wrong = netError('NET_CHECKSUM_MISMATCH', { message })
      const wasResumed = sink.position > this.#transferred
      if (wasResumed && !this.#hasBegunAnew) {
        await this.#beginAnew(wrong)
        return undefined
      }
      await this.#drop(wrong)
      throw wrong
    }
    const size = this.#size
    // One that does not take its name is opened again by the next attempt.
    this.#opened = undefined
    await sink.commit(size === undefined ? {} : { size })
    await this.#versions?.remove()
    return {
      transferred: this.#transferred,
      size: sink.position,
      verified: checksum !== undefined || size !== undefined,
      url,
      headers,
    }
  }

  /** Once: a server that answers the same thing again means it. */
  async #beginAnew(why: NetError): Promise<void> {
    if (this.#hasBegunAnew) throw why
    this.#hasBegunAnew = true
    await this.#restart(why)
  }

  /** Empties the sink. */
  async #restart(why?: NetError): Promise<void> {
    const opened = this.#opened
    if (opened === undefined || opened.position === 0) return
    if (!isFileSink(this.#sink)) {
      if (this.#cut !== undefined && why === undefined) throw this.#cut as Error
      const message = `the server does not go on at byte ${opened.position}, and what is before it has left already; download to a file`
      throw netError('NET_PROTO_UNEXPECTED', { message, ...(why && { cause: why }) })
    }
    await opened.abort()
    this.#opened = undefined
    this.#version = undefined
    await this.#take(await this.#openSink(false))
  }

  /** A call that has ended meanwhile has no use for the sink, and lets go of it. */
  async #openSink(resume: boolean): Promise<OpenSink> {
    this.#opening = openSink(this.#sink, { resume }).then(async (opened) => {
      if (this.#over === undefined) return opened
      await opened.abort(this.#over.reason).catch(() => {})
      throw this.#over.reason
    })
    return this.#opening
  }

  /** What is wrong is not kept for another try. */
  async #drop(reason: NetError): Promise<void> {
    await this.#opened?.abort(reason)
    this.#opened = undefined
    this.#version = undefined
    if (isFileSink(this.#sink) && this.#sink.keepPart)
      await rm(await partPath(this.#sink.path), { force: true })
    await this.#versions?.remove()
  }
}

function keepingPart({ path, mode }: { readonly path: string; readonly mode?: number }): Sink {
  return toFile(path, { keepPart: true, mode })
}

function unfit(what: string): Extract<Fit, { kind: 'unfit' }> {
  const message = `the server answered with ${what}`
  return { kind: 'unfit', why: netError('NET_PROTO_UNEXPECTED', { message, sent: true }) }
}

/** A redirect that is not followed, or that the caller's copy is still good. */
function noFile(status: number): NetError {
  const message = `the server answered ${status}, which is no file`
  return netError('NET_PROTO_UNEXPECTED', { message, sent: true, retry: 'never' })
}

function incomplete(received: number, expected: number): NetError {
  const message = `the answer ended after ${received} of ${expected} bytes`
  return netError('NET_PROTO_INCOMPLETE', {
    message,
    received,
    expected,
    phase: 'receive',
    sent: true,
  })
}
