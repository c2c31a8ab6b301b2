/* Every embedded server at once, on loopback, with throw-away credentials; they stay up until they are disposed. */

import type { LabJobs } from '@net/dashboard'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { startHttpServer, type HttpServer } from '@net/http/testing'
import { openQueue, type JobQueue } from '@net/queue'
import * as smtp from '@net/smtp'
import { startSmtpServer, type SmtpServer } from '@net/smtp/testing'
import {
  createCertificates,
  startConnectServer,
  startEchoServer,
  startSocksServer,
  type EchoServer,
  type ProxyServer,
} from '@net/socket/testing'
import { startSftpServer, type SftpServer } from '@net/ssh/testing'

import { labJobs } from './lab-jobs.ts'
import { labRoad, type LabRoad } from './lab-road.ts'

/** The servers, and what a client needs to reach them. */
export interface EmbeddedServers extends AsyncDisposable {
  readonly http: HttpServer
  readonly ftp: FtpServer
  readonly smtp: SmtpServer
  /** Commands, shells, tunnels and SFTP. */
  readonly ssh: SftpServer
  readonly echo: EchoServer
  readonly socks: ProxyServer
  readonly connect: ProxyServer
  /** Mails to send, two at a time. */
  readonly queue: JobQueue<{ readonly to: string }>
  /** Its jobs, as the dashboard shows them. */
  readonly jobs: LabJobs
  /** The road of the scenarios to the servers. */
  readonly road: LabRoad
  /** What every server takes. */
  readonly login: { readonly user: string; readonly password: string }
  /** The authority of the certificates of ftp and smtp, as `tls` takes it. */
  readonly tls: { readonly ca: string }
}

/** Starts them all. */
export async function startServers(): Promise<EmbeddedServers> {
  const authority = createCertificates()
  const tls = authority.issue({ names: ['127.0.0.1'] })
  const users = { [LOGIN.user]: LOGIN.password }
  // Declared in this order, they end in the reverse of it; a failure on the way ends those before.
  await using stack = new AsyncDisposableStack()
  const servers = {
    http: stack.use(await startHttpServer({ routes: ROUTES })),
    ftp: stack.use(await startFtpServer({ users, files: FILES, tls })),
    smtp: stack.use(await startSmtpServer({ users, tls })),
    ssh: stack.use(
      await startSftpServer({
        files: FILES,
        ssh: { users: { [LOGIN.user]: { password: LOGIN.password } }, exec: COMMANDS },
      }),
    ),
    echo: stack.use(await startEchoServer()),
    socks: stack.use(await startSocksServer({ hosts: HOSTS })),
    connect: stack.use(await startConnectServer({ hosts: HOSTS })),
  }
  const queue = stack.use(openQueue<{ readonly to: string }>('lab-mails'))
  const jobs = labJobs(queue)
  const relay = stack.use(
    smtp.createMailer(servers.smtp.url, { ...LOGIN, tls: { ca: authority.ca } }),
  )
  queue.process(
    async ({ id, payload: { to } }, { signal }) => {
      const messageId = `<${id}@example.com>`
      await relay.send({ from: 'ada@example.com', to, subject: `For ${to}`, messageId }, { signal })
    },
    { concurrency: 2, retry: { delay: 1000 } },
  )
  const kept = stack.move()
  return {
    ...servers,
    queue,
    jobs,
    road: labRoad(),
    login: LOGIN,
    tls: { ca: authority.ca },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const LOGIN = { user: 'ada', password: 'lovelace-1815' }
const FILES = {
  '/in/report.csv': 'name,amount\nada,1815\ncharles,1791\n',
  '/in/notes.txt': 'The engine weaves algebraical patterns.\n',
}
const COMMANDS = {
  ls: 'report.csv\nsummary.txt\n',
  uptime: ' up 200 years\n',
  false: { exit: 1 },
}
/** Names that only the proxies know. */
const HOSTS = { 'api.internal': '127.0.0.1' }
const ROUTES = {
  '/posts': { json: [{ id: 1, title: 'Hello' }] },
}
