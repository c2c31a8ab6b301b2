/* The verbs of a client that are more than one call: downloads, event sources, WebSockets, and `fetch` for other libraries. */

import type { Sink } from '@net/core'
import { checkSink, inCall, lazyModule } from '@net/core/authoring'

import type { CallMaker } from './call-maker.ts'
import { downloadOptions, type DownloadOptions, type DownloadResult } from './download-options.ts'
import {
  eventSource,
  eventSourceOptions,
  type EventSourceOptions,
  type ServerSentEvents,
} from './event-source.ts'
import { givenFetch } from './fetch-arguments.ts'
import type { Fetch } from './fetch.ts'
import { givenOptions, givenUrl } from './given-arguments.ts'
import { fieldsOver } from './headers.ts'
import {
  handshakeUrl,
  webSocketOptions,
  type WebSocketConnection,
  type WebSocketOptions,
} from './web-socket-options.ts'

/** These verbs of one client. What they need is loaded at the first call. */
export class LargerVerbs {
  readonly fetch: Fetch
  readonly #maker: CallMaker

  constructor(maker: CallMaker) {
    this.#maker = maker
    this.fetch = async (input, init) => {
      const given = givenFetch(input, init)
      const { fetchOver } = await fetching()
      return fetchOver(maker, given.input, given.init)
    }
  }

  async download(
    url: string | URL,
    sink: Sink,
    options?: DownloadOptions,
  ): Promise<DownloadResult> {
    const to = givenUrl(url)
    const wish = inCall({ protocol: 'http', call: 'download' }, () => {
      checkSink(sink)
      const taken = downloadOptions(givenOptions(options))
      const asking = { options: taken.call, json: false, raw: true }
      return { url: to, sink, options: taken, prepared: this.#maker.prepare(to, asking) }
    })
    this.#maker.mustBeOpen()
    const { runDownload } = await downloading()
    return runDownload(this.#maker, wish)
  }

  eventSource(url: string | URL, options?: EventSourceOptions): ServerSentEvents {
    const to = givenUrl(url)
    const taken = inCall({ protocol: 'http', call: 'eventSource' }, () => {
      const taken = eventSourceOptions(givenOptions(options))
      this.#maker.prepare(to, { options: taken.call, json: false })
      return taken
    })
    return eventSource(taken, (fields, signal) => {
      const headers = fieldsOver(taken.call.headers, fields)
      return this.#maker.stream(to, { ...taken.call, signal, headers })
    })
  }

  async webSocket(url: string | URL, options?: WebSocketOptions): Promise<WebSocketConnection> {
    const place = handshakeUrl(givenUrl(url))
    const { taken, prepared } = inCall({ protocol: 'http', call: 'webSocket' }, () => {
      const taken = webSocketOptions(givenOptions(options))
      const asking = { options: taken.call, json: false }
      return { taken, prepared: this.#maker.prepare(place, asking) }
    })
    this.#maker.mustBeOpen()
    const { openWebSocket } = await webSockets()
    return openWebSocket({
      options: taken,
      spec: this.#maker.spec(prepared, 'webSocket', 'session'),
      upgrade: (given) => this.#maker.upgradeToWebSocket(place, given),
    })
  }
}

const fetching = /* @__PURE__ */ lazyModule(() => import('./fetch.ts'))
const downloading = /* @__PURE__ */ lazyModule(() => import('./download.ts'))
const webSockets = /* @__PURE__ */ lazyModule(() => import('./web-socket-client.ts'))
