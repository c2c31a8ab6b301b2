// Requests as commands for curl: pasted into a shell they send what our client sends, byte by byte.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as http from '@net/http'
import { expect, test } from 'vitest'

import { temporaryFolder } from './child.ts'
import { requireDaemon } from './daemon.ts'

const run = promisify(execFile)

/** A server that gives each request back as it came, in base64. */
async function startMirror(): Promise<AsyncDisposable & { readonly url: string; last: Sent }> {
  const mirror = { last: { line: '', fields: [], body: '' } as Sent }
  const server = createServer((socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (data) => {
      text += data.toString('latin1')
      const [head, body] = split(text)
      const size = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (body === undefined || body.length < size) return
      mirror.last = sentOf(head, body)
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(mirror, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  })
}

interface Sent {
  readonly line: string
  /** Without those that say how it is sent. */
  readonly fields: readonly string[]
  readonly body: string
}

function split(text: string): readonly [string, string?] {
  const end = text.indexOf('\r\n\r\n')
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end + 4)]
}

function sentOf(head: string, body: string): Sent {
  const [line = '', ...lines] = head.split('\r\n')
  const fields = lines.map((each) => each.trimEnd().replace(/^[^:]*/, (name) => name.toLowerCase()))
  return { line, fields: fields.filter((each) => !FRAMING.test(each)).toSorted(), body }
}

const FRAMING = /^(?:host|connection|content-length|transfer-encoding|accept-encoding):/
const TRICKY = `it's "quoted" $HOME \`id\` \\n \\\\ %s %% !x #y @z [1-3] {a,b} ; & | > < * ? ~ \t é € 你`

/** Requests of all kinds; those of a generator of its own are the same in each run. */
function requests(client: http.HttpClient): readonly http.HttpRequest[] {
  let state = 20_261_130
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const bytes = (most: number): Buffer =>
    Buffer.from(Array.from({ length: random(most) }, () => random(256)))
  const value = (): string =>
    Array.from({ length: 1 + random(20) }, () => String.fromCharCode(33 + random(94))).join('')
  const made = [
    client.build('GET', '/'),
    client.build('HEAD', '/x'),
    client.build('DELETE', "/it's/[1-3]/{a,b}?c={d,e}&f=[4-6]"),
    client.build('GET', '/with-a-body', { body: 'x' }),
    client.build('POST', '/', { body: '' }),
    client.build('POST', '/', { body: '\n' }),
    client.build('POST', '/', { body: '@/etc/passwd' }),
    client.build('POST', '/', { body: '-n' }),
    client.build('POST', '/', { body: TRICKY }),
    client.build('POST', '/', { body: Buffer.from('- \0 -') }),
    client.build('POST', '/', {
      body: Buffer.from(TRICKY, 'latin1'),
      headers: { 'x-a': 'caf\u00e9 %s' },
    }),
    client.build('POST', '/', { body: 'x'.repeat(1_500_000) }),
    client.build('POST', '/', { form: { a: "1'2", b: 'ü&=' } }),
    client.build('PUT', '/', { json: { text: TRICKY }, headers: { 'x-none': '', accept: null } }),
    client.build('POST', '/', { body: 'x', headers: { 'content-type': null, 'user-agent': null } }),
  ]
  const others = Array.from({ length: 15 }, () =>
    client.build('POST', `/${encodeURIComponent(value())}`, {
      body: bytes(300),
      headers: { 'x-a': value(), 'x-b': value() },
    }),
  )
  return [...made, ...others]
}

for (const shell of ['dash', 'bash']) {
  test(`a request as a command sends the same in ${shell}`, async ({ skip }) => {
    const curl = requireDaemon({ skip }, 'curl')
    const program = requireDaemon({ skip }, shell)
    using folder = temporaryFolder('curl')
    // Longer than what a program takes as its argument.
    const path = join(folder.path, 'command.sh')
    await using mirror = await startMirror()
    await using client = http.createClient({
      baseUrl: mirror.url,
      headers: { 'accept-encoding': null },
    })
    for (const request of requests(client)) {
      await client.send(request).bytes()
      const sent = mirror.last
      const command = http.toCurl(request).replace(/(?<=^|\| )curl /, `${curl} -sS `)
      writeFileSync(path, command)
      await run(program, [path])
      expect({ ...mirror.last, command }).toEqual({ ...sent, command })
    }
  })
}
