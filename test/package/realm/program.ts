// Meets errors, promises and dates that Node makes, and prints what becomes of them.
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { retry } from '@net/async'
import { fromFile, isAbort, isNetError } from '@net/core'
import * as files from '@net/files'
import * as ftp from '@net/ftp'
import * as http from '@net/http'
import * as smtp from '@net/smtp'
import * as socket from '@net/socket'
import * as ssh from '@net/ssh'

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'realm-'))
  const at = (...names: string[]): string => join(folder, ...names)
  await mkdir(at('from'))
  await writeFile(at('from', 'file'), 'text')
  const { mtime } = await stat(at('from', 'file'))
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    'http refused': () => http.get('http://127.0.0.1:1/'),
    'http unknown': () => http.get('http://name.invalid/'),
    'http body missing': () => http.put('http://127.0.0.1:1/', { body: fromFile(at('none')) }),
    'http cache': async () => {
      await using client = http.createClient({ cache: http.folderCache(at('cache')) })
      return await client.get('http://127.0.0.1:1/')
    },
    'http late': () => http.get('http://127.0.0.1:1/', { signal: AbortSignal.abort(late()) }),
    'socket refused': () => socket.connect('tcp://127.0.0.1:1'),
    'ftp refused': () => ftp.connect('ftp://127.0.0.1:1'),
    'smtp refused': () => smtp.connect('smtp://127.0.0.1:1'),
    'smtp date': () =>
      smtp.send('smtp://127.0.0.1:1', { from: 'a@x.org', to: 'b@x.org', text: '', date: mtime }),
    'ssh refused': () => ssh.connect('ssh://ada@127.0.0.1:1'),
    'files mirror': async () => {
      const report = await files.mirror(files.localFiles(at('from')), files.localFiles(at('to')))
      return report.made
    },
    'files missing': () => files.localFiles(folder).stat('none'),
    'async aborted': () =>
      retry(() => pause(1000, undefined, { signal: AbortSignal.abort() }), { delay: 1 }),
  }
  for (const [name, call] of Object.entries(calls)) {
    const told = await call().then((result) => JSON.stringify(result), said)
    console.log(`${name}: ${told}`)
  }
  await rm(folder, { recursive: true })
}

function said(error: unknown): string {
  if (isNetError(error)) return error.code
  return isAbort(error) ? 'aborted' : String(error)
}

function late(): DOMException {
  return new DOMException('too late', 'TimeoutError')
}

void main()
