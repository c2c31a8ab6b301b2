/* HTTP Archive 1.2, as far as we write and read it. Members that begin with `_` are ours, which the format allows. */

/** A file of recorded traffic, which browsers, proxies and `replayHar` read. */
export interface Har {
  readonly log: {
    readonly version: '1.2'
    readonly creator: { readonly name: string; readonly version: string }
    readonly entries: readonly HarEntry[]
  }
}

/** One call. */
export interface HarEntry {
  readonly startedDateTime: string
  /** Milliseconds. */
  readonly time: number
  readonly request: HarRequest
  /** With status 0 where there was no answer. */
  readonly response: HarResponse
  readonly cache: Readonly<Record<string, never>>
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number }
  /** What ended the call, or its body. */
  readonly _error?: { readonly code: string; readonly message: string }
}

/** A name and a value. */
export interface HarPair {
  readonly name: string
  readonly value: string
}

/** What was asked. */
export interface HarRequest {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  readonly cookies: readonly HarPair[]
  readonly headers: readonly HarPair[]
  readonly queryString: readonly HarPair[]
  readonly postData?: HarPostData
  readonly headersSize: number
  readonly bodySize: number
}

/** What was sent: a text, or the fields of a form. */
export interface HarPostData {
  readonly mimeType: string
  readonly text?: string
  readonly params?: readonly HarParam[]
  /** How `text` is written. */
  readonly _encoding?: 'base64'
}

/** A field of a form. */
export interface HarParam {
  readonly name: string
  readonly value?: string
  readonly fileName?: string
  readonly contentType?: string
  /** How `value` is written. */
  readonly _encoding?: 'base64'
}

/** What was answered. */
export interface HarResponse {
  readonly status: number
  readonly statusText: string
  readonly httpVersion: string
  readonly cookies: readonly HarPair[]
  readonly headers: readonly HarPair[]
  readonly content: HarContent
  readonly redirectURL: string
  readonly headersSize: number
  readonly bodySize: number
  /** Where it came from after all redirects. */
  readonly _url?: string
}

/** A body, decoded. */
export interface HarContent {
  readonly size: number
  readonly mimeType: string
  readonly text?: string
  readonly encoding?: 'base64'
  /** The lengths of the pieces in which it came. */
  readonly _chunks?: readonly number[]
}
