/*
 * The head of a request as text. Most requests of a client have the same fields, whose text is kept from one to the next.
 */

import { fieldsText } from './message-writer.ts'

/** What the proxy alone is to read with a request; the target is what the request line has. */
export type ProxyFields = (method: string, target: string) => readonly string[]

/** Writes the heads of the requests of one connection. */
export class RequestHeads {
  readonly #host: string
  /** What is in front of each target. */
  readonly #prefix: string
  readonly #forProxy: ProxyFields | undefined
  #fields: readonly string[] | undefined
  #text = ''

  /**
   * `host` is what `Host` says, unless the fields do. With fields for a proxy that passes requests on, each head has these,
   * and says where it is to go (RFC 9112 section 3.2.2).
   */
  constructor(host: string, forProxy?: ProxyFields) {
    this.#host = host
    this.#prefix = forProxy === undefined ? '' : `http://${host}`
    this.#forProxy = forProxy
  }

  /** A head; `more` are further lines with their ends. The list of fields must not change afterwards. */
  text(method: string, target: string, fields: readonly string[], more = ''): string {
    if (fields !== this.#fields) {
      this.#fields = fields
      const host = hasHost(fields) ? '' : `host: ${this.#host}\r\n`
      this.#text = ` HTTP/1.1\r\n${host}connection: keep-alive\r\n${fieldsText(fields)}`
    }
    const place = this.#prefix + target
    const proxy = this.#forProxy === undefined ? '' : fieldsText(this.#forProxy(method, place))
    return `${method} ${place}${this.#text}${proxy}${more}\r\n`
  }
}

function hasHost(fields: readonly string[]): boolean {
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]?.length === 4 && fields[at]?.toLowerCase() === 'host') return true
  }
  return false
}
