/*
 * Where commands take passwords from: the variable NET_PASSWORD, else a prompt on the terminal that shows nothing. Never
 * from the arguments, which every user of the machine can read.
 */

import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

import type { Credential, CredentialRequest } from '@net/core'

import { UsageError } from './command.ts'

/** Where to ask: standard input, if it is a terminal. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly messages: { write(text: string): unknown }
}

/** Asks once, and once more if the server refused the answer. Rejects with a UsageError without a terminal. */
export const askedPassword: Credential = (request) =>
  askOn({ input: process.stdin, messages: process.stderr }, request)

/** The same on any terminal. Input that ends without an answer, and Ctrl-C, are UsageErrors as well. */
export async function askOn(
  { input, messages }: Terminal,
  { user, rejected, signal }: Pick<CredentialRequest, 'user' | 'rejected' | 'signal'>,
): Promise<string> {
  const known = process.env['NET_PASSWORD']
  if (known !== undefined && rejected === undefined) return known
  const whose = user === undefined ? '' : ` of ${user}`
  if (input.isTTY !== true) {
    const why = rejected === undefined ? 'is needed' : 'was refused'
    throw new UsageError(
      `the password${whose} ${why}, and there is no terminal to ask on: set NET_PASSWORD`,
    )
  }
  messages.write(`${rejected === undefined ? '' : 'refused. '}password${whose}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input, output: silent, terminal: true })
  try {
    return await new Promise((resolve, reject) => {
      line.once('SIGINT', () => reject(new UsageError('interrupted', INTERRUPTED)))
      line.once('close', () => reject(new UsageError(`no password${whose} was given`)))
      line.question('', { signal }).then(resolve, reject)
    })
  } finally {
    line.close()
    messages.write('\n')
  }
}

const INTERRUPTED = 130
