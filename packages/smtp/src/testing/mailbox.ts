/* The messages that an embedded server has taken, and waiting for those that are still to come. */

import { option, optionsDoor } from '@net/core/authoring'

import type { ParsedMessage } from '../incoming/parse-message.ts'
import type { HeadAndText } from './head-and-text.ts'

/** A message that the server has taken. */
export interface ReceivedMail extends HeadAndText {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** Every byte of it, with doubled dots undone. */
  readonly raw: Uint8Array
  /** The message as `parseMessage` reads it: decoded text, addresses, attachments. */
  readonly parsed: ParsedMessage
  /** Who was logged in. */
  readonly user?: string
  /** Whether it came over TLS. */
  readonly secure: boolean
}

/** Options of `waitFor`. */
export interface WaitForMailOptions {
  /** Real milliseconds: what sends the message may wait for real sockets. Default 10,000. */
  readonly timeout?: number | undefined
}

/** The messages of one server, or those for one recipient. */
export interface MailboxView {
  /** In the order in which they came. */
  readonly messages: readonly ReceivedMail[]
  /**
   * The first message for which the predicate holds, here already or still to come. Rejects when the time is over, with an
   * error that says what did arrive.
   */
  waitFor(
    predicate?: (mail: ReceivedMail) => boolean,
    options?: WaitForMailOptions,
  ): Promise<ReceivedMail>
}

/** The messages of one server. */
export class Mailbox implements MailboxView {
  readonly #messages: ReceivedMail[] = []
  readonly #waiting = new Set<(mail: ReceivedMail) => void>()

  get messages(): readonly ReceivedMail[] {
    return this.#messages
  }

  /** Forgets the messages that are there. */
  clear(): void {
    this.#messages.length = 0
  }

  /** What came and will come for one recipient, also by Bcc. */
  for(address: string): MailboxView {
    const isFor = ({ envelope }: ReceivedMail): boolean => envelope.to.includes(address)
    const all = this.#messages
    return {
      get messages() {
        return all.filter(isFor)
      },
      waitFor: (predicate = () => true, options) =>
        this.waitFor((mail) => isFor(mail) && predicate(mail), options),
    }
  }

  waitFor(
    predicate: (mail: ReceivedMail) => boolean = () => true,
    options?: WaitForMailOptions,
  ): Promise<ReceivedMail> {
    const { timeout = LONGEST_WAIT } = waitOptions(options)
    const found = this.#messages.find(predicate)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const look = (mail: ReceivedMail): void => {
        if (!predicate(mail)) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(mail)
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`no such message came within ${timeout} ms; ${this.#arrived()}`))
      }, timeout)
      this.#waiting.add(look)
    })
  }

  /** Takes a message in. */
  add(mail: ReceivedMail): void {
    this.#messages.push(mail)
    for (const look of this.#waiting) look(mail)
  }

  #arrived(): string {
    if (this.#messages.length === 0) return 'none came at all'
    const shown = this.#messages
      .slice(-MOST_SHOWN)
      .map(({ parsed, envelope }) => `"${parsed.subject}" to ${envelope.to.join(', ')}`)
    return `these came: ${shown.join('; ')}`
  }
}

const waitOptions = optionsDoor<WaitForMailOptions>(
  { protocol: 'smtp', call: 'waitFor' },
  { timeout: option.limit },
)
const LONGEST_WAIT = 10_000
const MOST_SHOWN = 10
