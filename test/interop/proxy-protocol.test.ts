// HAProxy and nginx between our clients and our listeners, in TCP, HTTP and SMTP: each is told by our header for whom the
// connection is, believes it, and tells our listener with a header of its own.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { connect, listen, pipe, proxyProtocolDialer, type ConnectionInfo } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'

import { freePort, startChild } from './child.ts'
import { lacking, requireDaemon } from './daemon.ts'
import { testFolder } from './test-folder.ts'

const CLIENT = { scheme: 'tcp', host: '192.0.2.7', port: 40_000 }

/** A balancer whose first port leads to the first of our listeners, and so on. */
interface Balancer {
  readonly program: string
  /** Its configuration, and the arguments that name it. */
  configuration(pairs: readonly Pair[], folder: string): string
  args(file: string, folder: string): readonly string[]
}

interface Pair {
  readonly from: number
  readonly to: number
}

const haproxy: Balancer = {
  program: 'haproxy',
  configuration: (pairs) => `defaults
  mode tcp
  timeout connect 5s
  timeout client 5s
  timeout server 5s
${pairs
  .map(
    ({ from, to }) => `listen from${from}
  bind 127.0.0.1:${from} accept-proxy
  server ours 127.0.0.1:${to} send-proxy-v2
`,
  )
  .join('')}`,
  args: (file) => ['-db', '-q', '-f', file],
}

const nginx: Balancer = {
  program: 'nginx',
  configuration: (pairs, folder) => `load_module ${STREAM_MODULE};
daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events {}
stream {
${pairs
  .map(
    ({ from, to }) => `  server {
    listen 127.0.0.1:${from} proxy_protocol; set_real_ip_from 127.0.0.1;
    proxy_pass 127.0.0.1:${to}; proxy_protocol on;
  }
`,
  )
  .join('')}}
`,
  args: (file, folder) => ['-c', file, '-e', join(folder, 'early.log')],
}

const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so'

test.for([haproxy, nginx])(
  '$program passes on for whom we connect, in TCP, HTTP and SMTP',
  async (balancer, { skip }) => {
    const program = requireDaemon({ skip }, balancer.program)
    if (balancer === nginx && !existsSync(STREAM_MODULE)) {
      lacking({ skip }, 'libnginx-mod-stream is not installed')
    }
    await using echo = await startEchoServer()
    await using web = await startHttpServer()
    await using post = await startSmtpServer()
    await using stack = new AsyncDisposableStack()
    const seen: ConnectionInfo[] = []
    const pairs: Pair[] = []
    for (const server of [echo, web, post]) {
      const to = Number(new URL(server.url).port)
      const ours = stack.use(await listenerBefore(to, seen))
      pairs.push({ from: await freePort(), to: ours.address.port })
    }
    const folder = testFolder()
    const file = join(folder, 'balancer.conf')
    writeFileSync(file, balancer.configuration(pairs, folder))
    const places = pairs.map(({ from }) => ({ host: '127.0.0.1', port: from }))
    stack.use(await startChild(program, balancer.args(file, folder), places))
    const [tcp, page, mail] = pairs.map(({ from }) => `127.0.0.1:${from}`)
    for (const version of [1, 2] as const) {
      const dialer = proxyProtocolDialer({ client: { remote: CLIENT }, version })
      await using connection = await connect(`tcp://${tcp}`, { dialer })
      await connection.write('through\n')
      expect(await connection.readLine()).toBe('through')

      await using api = http.createClient({ dialer })
      expect(await api.get(`http://${page}/json`).json()).toMatchObject({ title: 'Hello' })

      await using relay = await smtp.connect(`smtp://${mail}`, { dialer, security: 'off' })
      await relay.send({ from: 'a@example.com', to: 'b@example.com', subject: 's', text: 'hi' })
    }
    expect(post.mailbox.messages).toHaveLength(2)
    // Those who looked whether it runs had no header, and are not passed on.
    expect(seen.map(({ remote }) => remote)).toEqual(Array.from({ length: 6 }, () => CLIENT))
  },
)

/** Ours, which takes the word of the balancer, and passes on what follows. */
function listenerBefore(
  port: number,
  seen: ConnectionInfo[],
): Promise<AsyncDisposable & { readonly address: { readonly port: number } }> {
  return listen(
    'tcp://127.0.0.1:0',
    async (connection) => {
      seen.push(connection.info)
      await pipe(connection, await connect(`tcp://127.0.0.1:${port}`))
    },
    { proxyProtocol: ['127.0.0.1'] },
  )
}
