/* The embedded servers as the dashboard shows them: what they hold, what they saw, and the faults that a button arms. */

import type { LabMail, LabServer } from '@net/dashboard'
import type { ReceivedMail } from '@net/smtp/testing'

import type { EmbeddedServers } from './embedded-servers.ts'
import { attachedTo, documentOf } from './mail-document.ts'

/** One entry for each server. */
export function labServers(servers: EmbeddedServers): readonly LabServer[] {
  return [
    httpServer(servers),
    ftpServer(servers),
    mailServer(servers),
    sshServer(servers),
    { name: 'echo', protocol: 'tcp', url: servers.echo.url },
    proxyServer('socks', servers.socks),
    proxyServer('connect', servers.connect),
    mailQueue(servers),
    roadTo(servers),
  ]
}

function mailQueue({ jobs }: EmbeddedServers): LabServer {
  return {
    name: 'mails to send',
    protocol: 'queue',
    about:
      'A queue in memory, whose worker gives its mails to the mail server. One that fails for now is tried again a second later, twice.',
    jobs,
  }
}

function roadTo({ road }: EmbeddedServers): LabServer {
  return {
    name: 'road',
    protocol: 'tcp',
    about:
      'The network between the scenarios and the servers. A fault befalls the next connection.',
    seen: () => ({
      columns: ['Connection to', 'Fault'],
      rows: road.made.map(({ to, fault }) => [to, fault]),
    }),
    faults: road.faults,
  }
}

function httpServer({ http }: EmbeddedServers): LabServer {
  return {
    name: 'http',
    protocol: 'http',
    url: http.url,
    seen: () => ({
      columns: ['Method', 'Target', 'Fields', 'Body'],
      rows: http.received
        .slice(-ROWS)
        .map(({ method, target, rawHeaders, size }) => [
          method,
          target,
          fieldsOf(rawHeaders),
          `${size} bytes`,
        ]),
    }),
    faults: {
      'answer 503': () => http.fail({ do: { reply: { status: 503 } } }),
      'answer 2 s late': () => http.fail({ do: { delay: 2000 } }),
      'reset the connection': () => http.fail({ do: 'reset' }),
      'cut the answer off': () => http.fail({ after: 200, do: 'drop' }),
      'answer nonsense': () => http.fail({ do: 'garbage' }),
    },
  }
}

function ftpServer({ ftp, login }: EmbeddedServers): LabServer {
  const { files } = ftp
  return {
    name: 'ftp',
    protocol: 'ftp',
    url: ftp.url,
    login,
    files: {
      list: () => files.paths().map((path) => ({ path, size: files.stat(path).size })),
      read: (path) => files.read(path),
    },
    // The password of the lab is shown above; that of another visitor need not be.
    seen: () =>
      linesOf(
        'Command',
        ftp.received.map((line) => line.replace(/^PASS .*/iu, 'PASS …')),
      ),
    faults: {
      'refuse the login (530)': () => ftp.fail({ on: 'PASS', do: { reply: '530 Not logged in.' } }),
      'no room (552 to STOR)': () => ftp.fail({ on: 'STOR', do: { reply: '552 Quota exceeded.' } }),
      'cut the data connection': () => ftp.fail({ on: 'STOR', after: 20_000, do: 'drop' }),
      'shut down (421)': () => ftp.fail({ do: { reply: '421 Shutting down.' } }),
    },
  }
}

function mailServer({ smtp, login }: EmbeddedServers): LabServer {
  return {
    name: 'mail',
    protocol: 'smtp',
    url: smtp.url,
    login,
    mails: () => smtp.mailbox.messages.map(mailOf),
    seen: () => linesOf('Line', smtp.received),
    faults: {
      'come back later (451 to RCPT)': () =>
        smtp.fail({ on: 'RCPT', do: { reply: '451 4.7.1 Greylisted' } }),
      'no such user (550 to RCPT)': () =>
        smtp.fail({ on: 'RCPT', do: { reply: '550 5.1.1 No such user' } }),
      'drop after the final dot': () => smtp.fail({ on: '.', do: 'drop' }),
      'refuse the login (535)': () => smtp.fail({ on: 'AUTH', do: { reply: '535 5.7.8 Refused' } }),
    },
  }
}

function sshServer({ ssh: server, login }: EmbeddedServers): LabServer {
  const { files, ssh } = server
  return {
    name: 'ssh',
    protocol: 'ssh',
    url: server.url,
    login,
    files: {
      list: () =>
        files
          .paths()
          .filter((path) => isFile(files, path))
          .map((path) => ({ path, size: files.read(path).byteLength })),
      read: (path) => files.read(path),
    },
    seen: () => ({
      columns: ['User', 'What', 'Text'],
      rows: ssh.received.slice(-ROWS).map(({ user, what, text }) => [user, what, text]),
    }),
    faults: {
      'refuse the login': () => ssh.fail({ on: 'auth', do: { reply: 'failure' } }),
      'say nothing to a command': () => ssh.fail({ on: 'exec', do: 'stall' }),
      'drop at a command': () => ssh.fail({ on: 'exec', do: 'drop' }),
      'drop within an SFTP upload': () => server.fail({ on: 'WRITE', do: 'drop' }),
    },
  }
}

function proxyServer(name: string, proxy: EmbeddedServers['socks']): LabServer {
  return {
    name,
    protocol: name === 'socks' ? 'socks5' : 'http',
    url: proxy.url,
    seen: () =>
      linesOf(
        'Tunnel to',
        proxy.received.map(({ target }) => target),
      ),
    faults: { 'drop the tunnel': () => proxy.fail({ do: 'drop' }) },
  }
}

function mailOf({ envelope, raw, parsed }: ReceivedMail): LabMail {
  const { subject, text = '' } = parsed
  return {
    from: envelope.from,
    to: envelope.to,
    subject,
    text,
    // Made when it is opened: the list is asked for once a second.
    get html() {
      return documentOf(parsed)
    },
    attachments: attachedTo(parsed).map(({ name = 'unnamed', content }) => ({
      name,
      size: content.length,
    })),
    raw,
  }
}

function isFile(files: EmbeddedServers['ssh']['files'], path: string): boolean {
  try {
    files.read(path)
    return true
  } catch {
    // A folder has nothing to read.
    return false
  }
}

function linesOf(
  column: string,
  lines: readonly string[],
): { columns: string[]; rows: string[][] } {
  return { columns: [column], rows: lines.slice(-ROWS).map((line) => [line]) }
}

function fieldsOf(raw: readonly string[]): string {
  const fields: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? ''
    fields.push(
      `${name}: ${/^(?:proxy-)?authorization$|cookie/iu.test(name) ? '…' : (raw[at + 1] ?? '')}`,
    )
  }
  return fields.join('; ')
}

const ROWS = 200
