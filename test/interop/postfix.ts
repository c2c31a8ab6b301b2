// A Postfix of our own, with Dovecot to check passwords: child processes with their own folder, on a free loopback
// port, stopped by their pids. Delivers into a maildir for each recipient.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'

import type { IssuedCertificate } from '@net/socket/testing'

import { startChild, temporaryFolder } from './child.ts'
import { findDaemon, requireDaemon, requireRoot } from './daemon.ts'
import { dovecotAccounts } from './dovecot.ts'
import { startGreeter } from './greeter.ts'

/** A running Postfix. It relays nothing; a client that has logged in may write to those who have a mailbox. */
export interface Postfix extends AsyncDisposable {
  /** Such as `smtp://127.0.0.1:2525`. */
  readonly url: string
  /** Kills it and all its connections. */
  kill(): void
  /** The oldest message in this mailbox, as it lies there, and takes it away; waits until there is one. */
  delivered(mailbox: string): Promise<Buffer>
  /** How many messages are in this mailbox. */
  waiting(mailbox: string): number
}

/** What one is started with. */
export interface PostfixOptions {
  readonly certificate: IssuedCertificate
  /** Whose certificates of clients it believes, in PEM. */
  readonly authority: string
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>
  /** Who has a mailbox `<name>@example.com`. */
  readonly mailboxes: readonly string[]
  /** Its answer to recipients of its access table, by their addresses. */
  readonly answers?: Readonly<Record<string, string>>
  /** Headers that it writes in place of those that match, by regular expression. */
  readonly rewrites?: Readonly<Record<string, string>>
  /** How many recipients a message may have at once. Default 1,000, as Postfix has it. */
  readonly recipientLimit?: number
  /** How many connections it takes at once. Default 50, as Postfix has it. */
  readonly connectionLimit?: number
  /** A table of Postfix, such as `tcp:127.0.0.1:9999`, that is asked about recipients before `answers`. */
  readonly recipientTable?: string
  /** Ports of this machine to which it relays, by domain; it repeats and reports there within seconds. */
  readonly routes?: Readonly<Record<string, number>>
}

/** Skips or fails the test that asks if it cannot be started here. */
export function requirePostfix(context: Pick<TestContext, 'skip'>): void {
  requireDaemon(context, 'postfix')
  requireDaemon(context, 'dovecot')
  requireRoot(context, 'Postfix')
}

/** Starts both daemons. */
export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('postfix')).path
  const programs = (await run(program('postconf'), ['-d', '-h', 'daemon_directory'])).stdout.trim()
  writeFolder(folder, options)
  writeFileSync(join(folder, 'dovecot.conf'), dovecotConfiguration(folder))
  writeFileSync(join(folder, 'main.cf'), mainConfiguration(folder, programs, options))
  writeFileSync(join(folder, 'master.cf'), SERVICES)
  await run('chown', ['postfix', join(folder, 'data')])
  // Makes the queue, where Dovecot puts its socket.
  await run(program('postfix'), ['-c', folder, 'check'])
  const socket = join(folder, 'queue', 'auth')
  stack.use(
    await startChild(
      program('dovecot'),
      ['-F', '-c', join(folder, 'dovecot.conf')],
      [{ path: socket }],
    ),
  )
  const greeter = await startGreeter({
    program: join(programs, 'master'),
    configure({ port, word }) {
      writeFileSync(join(folder, 'master.cf'), `${listener(port, word)}${SERVICES}`)
      return ['-c', folder, '-d']
    },
  })
  stack.use(greeter)
  const rest = stack.move()
  return {
    url: `smtp://127.0.0.1:${greeter.port}`,
    kill: () => greeter.kill(),
    delivered: (mailbox) => firstFile(join(folder, 'mail', mailbox, 'new')),
    waiting: (mailbox) => readdirSync(join(folder, 'mail', mailbox, 'new')).length,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

function program(name: string): string {
  const path = findDaemon(name)
  if (path === undefined) throw new Error(`${name} is not installed`)
  return path
}

function writeFolder(
  folder: string,
  { authority, certificate, users, mailboxes, rewrites = {} }: PostfixOptions,
): void {
  for (const name of ['queue', 'data', 'mail', 'dovecot']) mkdirSync(join(folder, name))
  // Watched before anything arrives, so there before anything arrives.
  for (const name of mailboxes.flatMap((mailbox) => [
    mailbox,
    ...MAILDIR.map((part) => join(mailbox, part)),
  ])) {
    mkdirSync(join(folder, 'mail', name))
    chownSync(join(folder, 'mail', name), NOBODY, NOBODY)
  }
  writeFileSync(join(folder, 'ca.pem'), authority)
  writeFileSync(join(folder, 'cert.pem'), certificate.cert)
  writeFileSync(join(folder, 'key.pem'), certificate.key)
  const lines = Object.entries(users).map(([user, password]) => `${user}:{PLAIN}${password}\n`)
  writeFileSync(join(folder, 'users'), lines.join(''))
  const rules = Object.entries(rewrites).map(([old, line]) => `/${old}/ REPLACE ${line}\n`)
  writeFileSync(join(folder, 'header_checks'), rules.join(''))
}

function dovecotConfiguration(folder: string): string {
  return `base_dir = ${folder}/dovecot
state_dir = ${folder}/dovecot
log_path = /dev/stderr
protocols =
ssl = no
auth_mechanisms = plain login
${dovecotAccounts(folder)}service auth {
  unix_listener ${folder}/queue/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
`
}

function mainConfiguration(folder: string, programs: string, options: PostfixOptions): string {
  const { mailboxes, recipientLimit = 1000, connectionLimit = 50 } = options
  const known = mailboxes.map((name) => `{ ${name}@example.com = ${name}/ }`).join(', ')
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
daemon_directory = ${programs}
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.com
mydestination =
mynetworks =
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = ${recipientAccess(options)}
virtual_mailbox_domains = example.com
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = inline:{ ${known} }
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
virtual_minimum_uid = 1
smtpd_tls_cert_file = ${folder}/cert.pem
smtpd_tls_key_file = ${folder}/key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_CAfile = ${folder}/ca.pem
smtpd_tls_ask_ccert = yes
smtpd_tls_received_header = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${folder}/queue/auth
message_size_limit = 40000000
smtpd_recipient_limit = ${recipientLimit}
smtpd_client_connection_count_limit = ${connectionLimit}
header_checks = regexp:${folder}/header_checks
${relayConfiguration(options)}`
}

function recipientAccess({ answers = {}, recipientTable }: PostfixOptions): string {
  const entries = Object.entries(answers).map(([address, answer]) => `{ ${address} = ${answer} }`)
  const tables = [
    ...(recipientTable === undefined ? [] : [recipientTable]),
    // A table without entries is none to Postfix.
    ...(entries.length === 0 ? [] : [`inline:{ ${entries.join(', ')} }`]),
  ]
  return tables.map((table) => `check_recipient_access ${table}`).join(', ')
}

function relayConfiguration({ routes = {} }: PostfixOptions): string {
  const entries = Object.entries(routes).map(
    ([domain, port]) => `{ ${domain} = smtp:[127.0.0.1]:${port} }`,
  )
  if (entries.length === 0) return ''
  return `transport_maps = inline:{ ${entries.join(', ')} }
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
delay_warning_time = 1s
`
}

function listener(port: number, word: string): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
  -o { smtpd_banner = $myhostname ESMTP ${word} }
`
}

/** The content of a file in the folder, which is removed; waits until there is one. */
async function firstFile(folder: string): Promise<Buffer> {
  const watcher = watch(folder)
  try {
    for (;;) {
      const changed = once(watcher, 'change')
      const [name] = readdirSync(folder)
      if (name !== undefined) {
        const content = readFileSync(join(folder, name))
        rmSync(join(folder, name))
        return content
      }
      await changed
    }
  } finally {
    watcher.close()
  }
}

const run = promisify(execFile)
/** The user and the group that own nothing else. */
const NOBODY = 65_534
const MAILDIR = ['tmp', 'new', 'cur']
/** As in the master.cf that Postfix comes with, none of them in a chroot, and without those that are not needed here. */
const SERVICES = `postlog unix-dgram n - n - 1 postlogd
pickup   unix n - n 60    1 pickup
cleanup  unix n - n -     0 cleanup
qmgr     unix n - n 300   1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n -     - trivial-rewrite
bounce   unix - - n -     0 bounce
defer    unix - - n -     0 bounce
trace    unix - - n -     0 bounce
verify   unix - - n -     1 verify
proxymap unix - - n -     - proxymap
smtp     unix - - n -     - smtp
error    unix - - n -     - error
retry    unix - - n -     - error
virtual  unix - n n -     - virtual
anvil    unix - - n -     1 anvil
scache   unix - - n -     1 scache
`
