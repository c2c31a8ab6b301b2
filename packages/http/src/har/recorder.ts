/*
 * Records the calls of a client as an HTTP Archive: as the program sees them, that is with redirects followed, bodies decoded
 * and without the credentials that logins add. Nothing is written before the end.
 */

import { isNetError, toFile, type NetError } from '@net/core'
import {
  clock,
  inCall,
  type IsSecret,
  openSink,
  option,
  optionsDoor,
  secretNames,
  sizeOf,
} from '@net/core/authoring'

import type { Middleware } from '../handler.ts'
import { HttpHeaders } from '../headers.ts'
import { tappedBody } from '../request-body.ts'
import type { HttpRequest } from '../request.ts'
import { ClientResponse, type HttpResponse } from '../response.ts'
import { contentOf, postDataOf } from './content.ts'
import type { Har, HarEntry, HarPostData, HarResponse } from './har.ts'
import { urlWithoutSecrets, withoutSecrets } from './secrets.ts'
import { TappedBody } from './tapped-body.ts'

/** How calls are recorded. */
export interface HarOptions {
  /**
   * Names of parameters, fields and members of JSON whose values are replaced by `[secret]`, beside those whose names say it,
   * such as `token` and `password`, and beside headers such as `authorization` and `cookie`.
   */
  readonly secretNames?: readonly string[] | undefined
}

/** Records calls. Disposing it without `save` writes nothing: a run that failed changes no file. */
export interface HarRecorder extends AsyncDisposable {
  /** For the `middleware` of a client; of several, the first one sees what the program sees. */
  readonly middleware: Middleware
  /** What was recorded so far, in the order in which the calls began; bodies as far as they were read. */
  har(): Promise<Har>
  /** Writes it, whole or not at all, as a file for its owner alone. Rejects with `NET_LOCAL_IO`. */
  save(path: string | URL): Promise<void>
}

/** Makes a recorder. Throws `NET_BAD_OPTION`. */
export function recordHar(options?: HarOptions): HarRecorder {
  const { secretNames: names } = inCall({ protocol: 'http', call: 'recordHar' }, () =>
    harOptions(options),
  )
  return new Recorder(secretNames(names))
}

class Recorder implements HarRecorder {
  readonly middleware: Middleware
  readonly #isSecret: IsSecret
  readonly #calls: RecordedCall[] = []

  constructor(isSecret: IsSecret) {
    this.#isSecret = isSecret
    this.middleware = async (request, next) => {
      const call = new RecordedCall(request)
      this.#calls.push(call)
      try {
        return call.answered(await next(call.sent))
      } catch (error) {
        call.failed(error)
        throw error
      }
    }
  }

  async har(): Promise<Har> {
    const entries = await Promise.all(this.#calls.map((each) => each.entry(this.#isSecret)))
    return { log: { version: '1.2', creator: { name: '@net/http', version: '1' }, entries } }
  }

  async save(path: string | URL): Promise<void> {
    const text = JSON.stringify(await this.har(), undefined, 2)
    // A recording is private even without its secrets: only its owner may read the file.
    await using sink = await openSink(toFile(path, { mode: 0o600 }))
    await sink.write(Buffer.from(`${text}\n`))
    await sink.commit()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#calls.length = 0
  }
}

/** One call while it is recorded. */
class RecordedCall {
  /** The request as it goes on. */
  readonly sent: HttpRequest
  readonly #started: number = clock().now()
  readonly #date: string = new Date(clock().date()).toISOString()
  readonly #request: HttpRequest
  /** Of the last time that the body was sent. */
  #body: Uint8Array[] = []
  #response: HttpResponse | undefined
  readonly #pieces: Uint8Array[] = []
  #answered: number | undefined
  #ended: number | undefined
  #error: NetError | undefined

  constructor(request: HttpRequest) {
    this.#request = request
    const { body } = request
    // A copy: its owner may use the bytes again once the call has ended.
    if (body?.bytes !== undefined) this.#body = [Uint8Array.from(body.bytes)]
    const isStreamed = body !== undefined && body.bytes === undefined
    this.sent = isStreamed
      ? request.with({
          body: tappedBody(body, {
            begun: () => void (this.#body = []),
            piece: (chunk) => void this.#body.push(chunk),
          }),
        })
      : request
  }

  answered(response: HttpResponse): HttpResponse {
    this.#response = response
    this.#answered = clock().now()
    if (!(response instanceof ClientResponse)) return response
    return response.with({
      body: new TappedBody(response.body, {
        piece: (chunk) => void this.#pieces.push(chunk),
        ended: (error) => {
          this.#ended = clock().now()
          this.#error = error
        },
      }),
    })
  }

  failed(error: unknown): void {
    this.#ended = clock().now()
    if (isNetError(error)) this.#error = error
  }

  async entry(isSecret: IsSecret): Promise<HarEntry> {
    const { method, headers, url: given } = this.#request
    const url = urlWithoutSecrets(given, isSecret)
    const postData = await this.#postData(isSecret)
    const now = this.#ended ?? clock().now()
    const answered = this.#answered ?? now
    const error = this.#error
    return {
      startedDateTime: this.#date,
      time: now - this.#started,
      request: {
        method,
        url: url.href,
        httpVersion: 'HTTP/1.1',
        cookies: [],
        headers: withoutSecrets(headers, isSecret),
        queryString: withoutSecrets(url.searchParams, isSecret),
        ...(postData === undefined ? {} : { postData }),
        headersSize: -1,
        bodySize: sizeOf(this.#body),
      },
      response: this.#answer(isSecret),
      cache: {},
      timings: { send: 0, wait: answered - this.#started, receive: now - answered },
      ...(error === undefined ? {} : { _error: { code: error.code, message: error.message } }),
    }
  }

  async #postData(isSecret: IsSecret): Promise<HarPostData | undefined> {
    const { body, headers } = this.#request
    if (body === undefined) return undefined
    return postDataOf(Buffer.concat(this.#body), headers.get('content-type') ?? '', isSecret)
  }

  #answer(isSecret: IsSecret): HarResponse {
    const {
      status = 0,
      statusText = '',
      headers = HttpHeaders.none,
      protocol,
      url,
    } = {
      ...partsOf(this.#response),
    }
    return {
      status,
      statusText,
      httpVersion: protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1',
      cookies: [],
      headers: withoutSecrets(headers, isSecret),
      content: contentOf(this.#pieces, headers.get('content-type') ?? '', isSecret),
      redirectURL: '',
      headersSize: -1,
      bodySize: sizeOf(this.#pieces),
      ...(url === undefined || url === ''
        ? {}
        : { _url: urlWithoutSecrets(new URL(url), isSecret).href }),
    }
  }
}

function partsOf(response: HttpResponse | undefined): Partial<HttpResponse> {
  if (response === undefined) return {}
  const { status, statusText, headers, protocol, url } = response
  return { status, statusText, headers, protocol, url }
}

const harOptions = optionsDoor<HarOptions>(
  { protocol: 'http', call: 'recordHar' },
  { secretNames: option.list(option.text) },
)
