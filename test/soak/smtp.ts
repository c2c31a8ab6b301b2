// Mail in a soak: what was accepted is in the mailbox once and unchanged, what failed for sure is not there.
import assert from 'node:assert/strict'

import type { NetError } from '@net/core'
import * as smtp from '@net/smtp'
import { startSmtpServer, type SmtpServer } from '@net/smtp/testing'

import type { Site, Workload } from './workload.ts'

/** Mail with and without STARTTLS. */
export const mail: Workload = {
  name: 'smtp',
  workers: 6,
  async open(site) {
    const users = { ada: 'lovelace' }
    const plain = await startSmtpServer({ users })
    const sealed = await startSmtpServer({ users, tls: site.certificates.issue() })
    const letters = new Map<string, Letter>()
    return {
      get connections() {
        return plain.connections + sealed.connections
      },
      async work(worker) {
        const { random } = worker
        const isSealed = random.chance(0.5)
        let relay: smtp.SmtpClient | undefined
        await worker.attempt('smtp connect', async (call) => {
          relay = await smtp.connect(isSealed ? sealed.url : plain.url, {
            ...call,
            user: 'ada',
            password: 'lovelace',
            dialer: worker.road(isSealed),
            ...(isSealed ? { security: 'required', tls: { ca: site.certificates.ca } } : {}),
          })
        })
        if (relay === undefined) return
        await using client = relay
        for (let count = 0; count < 5; count++) {
          const letter = new Letter(Buffer.from(random.bytes(random.size(60_000))).toString('hex'))
          const subject = `letter ${letters.size}`
          letters.set(subject, letter)
          const message = { from: 'ada@example.com', to: 'charles@example.com', subject }
          letter.error = await worker.attempt('smtp send', async (call) => {
            const { delivery } = await client.send({ ...message, text: letter.text }, call)
            assert.equal(delivery, 'accepted')
            letter.accepted = true
          })
          if (letter.error !== undefined && random.chance(0.7)) return
        }
      },
      audit: () => audit(letters, [plain, sealed], site),
      async [Symbol.asyncDispose]() {
        await Promise.all([plain.close(), sealed.close()])
      },
    }
  },
}

class Letter {
  readonly text: string
  accepted = false
  error: NetError | undefined
  delivered = 0

  constructor(text: string) {
    this.text = text
  }
}

function audit(letters: Map<string, Letter>, servers: readonly SmtpServer[], site: Site): void {
  for (const { headers, text } of servers.flatMap(({ mailbox }) => mailbox.messages)) {
    const subject = headers.get('subject')?.[0] ?? ''
    const letter = letters.get(subject)
    if (letter === undefined) site.wrong(`smtp: a letter came that was never sent: ${subject}`)
    else if (textOf(text) !== letter.text) site.wrong(`smtp: ${subject} arrived changed`)
    else letter.delivered++
  }
  for (const [subject, { accepted, delivered, error }] of letters) {
    const possible = accepted ? [1] : isUnknown(error) ? [0, 1] : [0]
    if (possible.includes(delivered)) continue
    const told = accepted ? 'accepted' : (error?.code ?? 'nothing')
    site.wrong(`smtp: ${subject} was delivered ${delivered} times, we were told ${told}`)
  }
}

/** Whether the error leaves open what became of the letter. */
function isUnknown(error: NetError | undefined): boolean {
  return error?.code === 'NET_DELIVERY_UNKNOWN' || (error?.sent === true && error.retry !== 'safe')
}

/** Undoes the soft line breaks of quoted-printable; hexadecimal text needs no more. */
function textOf(text: string): string {
  return text.replaceAll('=\r\n', '').trimEnd()
}
