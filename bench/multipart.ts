/*
 * A form with a file of 256 MiB, uploaded: the same FormData with the platform's Blob of the file by ours, by undici's `request` and
 * by the platform's fetch; and the file itself (`fromFile`) in our form. The server is a process of its own, and says how much came.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import * as http from '@net/http'
import { Agent, FormData as UndiciFormData } from 'undici'

import { compare, type Contender } from './pairs.ts'

/** The platform's FormData, or undici's. */
interface FormLike {
  append(name: string, value: string | Blob, filename?: string): void
}

const MEGA = 1_000_000
const SIZE = 256 * 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'net-bench-'))
const file = join(folder, 'large')
writeFileSync(file, Buffer.alloc(SIZE, 'net '))
const server = fork(fileURLToPath(new URL('multipart-server.ts', import.meta.url)))
const [origin] = (await once(server, 'message')) as [string]
const client = http.createClient({ proxy: false })
const agent = new Agent()

const byUndici = contender('undici request', async () => {
  const body = await filled(new UndiciFormData())
  const answer = await agent.request({ origin, path: '/', method: 'POST', body })
  return answer.body.text()
})
const byFetch = contender('fetch', async () => {
  const body = await filled(new FormData())
  return (await fetch(origin, { method: 'POST', body })).text()
})

await compare(
  `a form with a Blob of a file, ${SIZE / MEGA} MB`,
  'MB/s',
  contender('net', async () => {
    const multipart = await filled(new FormData())
    return client.post(origin, { multipart, timeout: { total: Infinity } }).text()
  }),
  [byUndici, byFetch],
)
await compare(
  `a form with the file, ${SIZE / MEGA} MB`,
  'MB/s',
  contender('net', () => {
    const multipart = { name: 'large', file: http.fromFile(file) }
    return client.post(origin, { multipart, timeout: { total: Infinity } }).text()
  }),
  [byUndici, byFetch],
)

await client.close()
await agent.close()
server.disconnect()
rmSync(folder, { recursive: true })

async function filled<T extends FormLike>(form: T): Promise<T> {
  form.append('name', 'large')
  form.append('file', await openAsBlob(file), 'large')
  return form
}

function contender(name: string, send: () => Promise<string>): Contender {
  return {
    name,
    async run() {
      const came = Number(await send())
      if (came < SIZE || came > SIZE + 1000) throw new Error(`${name}: ${came} bytes came`)
      return SIZE / MEGA
    },
  }
}
