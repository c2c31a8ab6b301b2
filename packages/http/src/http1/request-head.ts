/*
 * The head of a request as text. Most requests of a client have the same fields, whose text is kept from one to the next.
 */

import { fieldsText } from './message-writer.ts'

/** Writes the heads of the requests of one connection. */
export class RequestHeads {
  readonly #host: string
  #fields: readonly string[] | undefined
  #text = ''

  /** `host` is what `Host` says, unless the fields do. */
  constructor(host: string) {
    this.#host = host
  }

  /** A head; `more` are further lines with their ends. The list of fields must not change afterwards. */
  text(method: string, target: string, fields: readonly string[], more = ''): string {
    if (fields !== this.#fields) {
      this.#fields = fields
      const host = hasHost(fields) ? '' : `host: ${this.#host}\r\n`
      this.#text = ` HTTP/1.1\r\n${host}connection: keep-alive\r\n${fieldsText(fields)}`
    }
    return `${method} ${target}${this.#text}${more}\r\n`
  }
}

function hasHost(fields: readonly string[]): boolean {
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]?.length === 4 && fields[at]?.toLowerCase() === 'host') return true
  }
  return false
}
