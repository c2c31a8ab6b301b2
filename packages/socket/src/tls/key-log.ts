/*
 * Who hears the keys of TLS connections, by which a recording of the traffic can be decrypted: the option `keyLog`,
 * or else the file that SSLKEYLOGFILE names, as in browsers, curl and Python. Without either, the keys go nowhere.
 */

import { appendFileSync } from 'node:fs'

import { guarded, own } from '@net/core/authoring'

import type { TlsOptions } from './options.ts'

/** Takes each line of the NSS key log; undefined if they are not wanted. */
export function keyLogOf(tls: TlsOptions): ((line: string) => void) | undefined {
  const keyLog = own(tls, 'keyLog')
  if (keyLog !== undefined) return guarded('keyLog', keyLog)
  const path = process.env['SSLKEYLOGFILE'] ?? ''
  return path === '' ? undefined : fileLog(path)
}

/** Appends at once, so that a reader of the file can decrypt what has just been sent; readable by the owner only. */
function fileLog(path: string): (line: string) => void {
  if (last?.path === path) return last.write
  process.emitWarning(
    `SSLKEYLOGFILE is set: every reader of ${path} can decrypt the TLS traffic of this program`,
    { code: 'NET_KEY_LOG' },
  )
  const write = guarded('SSLKEYLOGFILE', (line: string) => {
    appendFileSync(path, `${line}\n`, { mode: 0o600 })
  })
  last = { path, write }
  return write
}

let last: { readonly path: string; readonly write: (line: string) => void } | undefined
