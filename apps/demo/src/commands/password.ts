/*
 * Where commands take passwords from: the variable NET_PASSWORD, else a prompt that shows nothing. Never from the
 * arguments, which every user of the machine can read.
 */

import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

import type { Credential } from '@net/core'

/** Asks once, and once more if the answer was refused. */
export const askedPassword: Credential = async ({ user, rejected }) => {
  const known = process.env['NET_PASSWORD']
  if (known !== undefined && rejected === undefined) return known
  const prompt = `${rejected === undefined ? '' : 'refused. '}password${user === undefined ? '' : ` of ${user}`}: `
  process.stderr.write(prompt)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await line.question('')
  } finally {
    line.close()
    process.stderr.write('\n')
  }
}
