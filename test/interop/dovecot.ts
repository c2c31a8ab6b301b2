// A Dovecot of our own that takes mail by LMTP and serves mailboxes by POP3: a child process with its own folder, on free loopback ports, stopped
// by its pid. Mails are files of a maildir.
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'

import type { IssuedCertificate } from '@net/socket/testing'

import { freePort } from './child.ts'
import { findDaemon, lacking, requireDaemon, requireRoot } from './daemon.ts'
import { startGreeter } from './greeter.ts'

/** A running Dovecot with one mailbox. */
export interface Dovecot extends AsyncDisposable {
  /** With STLS, such as `pop3://127.0.0.1:1110`. */
  readonly url: string
  /** With TLS from the first byte. */
  readonly secureUrl: string
  /** Where it takes mail for the mailbox, by LMTP. */
  readonly lmtpUrl: string
  /** The names of the files that the mailbox has. */
  mails(): readonly string[]
  /** The content of one of these files. */
  read(name: string): Buffer
  /** Kills the processes that serve its connections; it goes on. */
  killConnections(): void
}

/** What one is started with. */
export interface DovecotOptions {
  readonly certificate: IssuedCertificate
  readonly user: string
  readonly password: string
  /** Each with CRLF at the end of its lines. */
  readonly mails: readonly Uint8Array[]
}

/** Skips or fails the test that asks if it cannot be started here. */
export function requireDovecot(context: Pick<TestContext, 'skip'>): void {
  requireDaemon(context, 'dovecot')
  requireRoot(context, 'Dovecot')
  for (const part of ['pop3', 'lmtp']) {
    if (findDaemon(`../lib/dovecot/${part}`) !== undefined) continue
    lacking(context, `dovecot-${part}d is not installed; the list is in .ci/run`)
  }
}

/** Starts one. */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  let [mailbox, socket] = ['', '']
  const securePort = await freePort()
  const greeter = await startGreeter({
    program: findDaemon('dovecot') ?? '',
    configure({ folder, port: plainPort, word }) {
      mailbox = writeFolder(folder, options)
      socket = join(folder, 'run', 'lmtp')
      const text = configuration(folder, { plainPort, securePort, word })
      writeFileSync(join(folder, 'dovecot.conf'), text)
      return ['-F', '-c', join(folder, 'dovecot.conf')]
    },
  })
  return {
    url: `pop3://127.0.0.1:${greeter.port}`,
    secureUrl: `pop3s://127.0.0.1:${securePort}`,
    lmtpUrl: `unix:${socket}`,
    mails: () => MAILS.flatMap((part) => readdirSync(join(mailbox, part))),
    read(name) {
      const part = MAILS.find((each) => readdirSync(join(mailbox, each)).includes(name)) ?? ''
      return readFileSync(join(mailbox, part, name))
    },
    killConnections: () => greeter.killConnections(),
    async [Symbol.asyncDispose]() {
      // In order it takes six seconds.
      greeter.kill()
      await greeter[Symbol.asyncDispose]()
    },
  }
}

/** The folder of the mailbox. */
function writeFolder(folder: string, options: DovecotOptions): string {
  const { certificate, user, password, mails } = options
  const mailbox = join(folder, 'mail', user)
  for (const name of ['run', 'mail', join('mail', user)]) mkdirSync(join(folder, name))
  for (const name of ['tmp', 'new', 'cur']) mkdirSync(join(mailbox, name))
  for (const [index, mail] of mails.entries()) {
    writeFileSync(join(mailbox, 'new', `${index + 1}.mail`), mail)
  }
  for (const name of ['', 'tmp', 'new', 'cur']) chownSync(join(mailbox, name), NOBODY, NOBODY)
  for (const name of readdirSync(join(mailbox, 'new'))) {
    chownSync(join(mailbox, 'new', name), NOBODY, NOBODY)
  }
  writeFileSync(join(folder, 'cert.pem'), certificate.cert)
  writeFileSync(join(folder, 'key.pem'), certificate.key)
  writeFileSync(join(folder, 'users'), `${user}:{PLAIN}${password}\n`)
  return mailbox
}

/** Accounts of the file `users` in the folder, with their mailboxes there. */
export function dovecotAccounts(folder: string): string {
  return `# A wrong password is answered at once, and does not slow later logins.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = static
  args = uid=${NOBODY} gid=${NOBODY} home=${folder}/mail
}
`
}

interface Ports {
  readonly plainPort: number
  readonly securePort: number
  readonly word: string
}

function configuration(folder: string, { plainPort, securePort, word }: Ports): string {
  return `base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = /dev/stderr
protocols = pop3 lmtp
listen = 127.0.0.1
login_greeting = ${word}
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
mail_location = maildir:${folder}/mail/%u
first_valid_uid = 1
${dovecotAccounts(folder)}service pop3-login {
  chroot =
  inet_listener pop3 {
    port = ${plainPort}
  }
  inet_listener pop3s {
    port = ${securePort}
    ssl = yes
  }
}
# Whom mail is for is the part before the at sign.
auth_username_format = %Ln
`
}

/** The folders of a maildir that have mails. */
const MAILS = ['new', 'cur']
/** The user and the group that own nothing else. */
const NOBODY = 65_534
