// ProFTPD, Pure-FTPd and inetutils-ftpd, which ftp-daemons.sh unpacks aside, and pyftpdlib, each with one user of its own and no
// user of the system.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { TestContext } from 'vitest'

import { freePort, startChild, temporaryFolder } from './child.ts'
import { lacking, requireDaemon, requireRoot } from './daemon.ts'

/** One that runs. Disposing ends it and removes its folder. */
export interface FtpDaemon extends AsyncDisposable {
  /** `ftp://127.0.0.1:port`. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** The folder in which the user begins, on the disk. */
  readonly root: string
}

const aside = join(process.env['NET_FTP_DAEMONS'] ?? '/opt/net-ftp-daemons', 'root')
const libraries = join(aside, 'usr/lib/x86_64-linux-gnu')
const NOBODY = 65_534

/** Starts ProFTPD, with further lines of its configuration, in a time zone of its own. */
export function startProftpd(
  context: Pick<TestContext, 'skip'>,
  more: readonly string[] = [],
  zone = 'UTC',
): Promise<FtpDaemon> {
  const configure = ({ folder, home, port }: Placed): readonly string[] => {
    const hash = openssl('passwd', '-6', PASSWORD)
    const line = `${USER}:${hash}:${NOBODY}:${NOBODY}::${home}:/bin/false\n`
    writeFileSync(join(folder, 'users'), line, { mode: 0o600 })
    const lines = [
      'ServerType standalone',
      'DefaultAddress 127.0.0.1',
      `Port ${port}`,
      'User nobody',
      'Group nogroup',
      `ModulePath ${join(aside, 'usr/lib/proftpd')}`,
      `PidFile ${join(folder, 'pid')}`,
      `ScoreboardFile ${join(folder, 'scoreboard')}`,
      'UseReverseDNS off',
      'WtmpLog off',
      'TransferLog none',
      'SystemLog none',
      'RequireValidShell off',
      'UseFtpUsers off',
      'AuthOrder mod_auth_file.c',
      `AuthUserFile ${join(folder, 'users')}`,
      'AllowOverwrite on',
      'AllowStoreRestart on',
      'Umask 022',
      ...more,
    ]
    writeFileSync(join(folder, 'conf'), `${lines.join('\n')}\n`)
    return ['-n', '-q', '-c', join(folder, 'conf')]
  }
  return started(context, 'proftpd', configure, zone)
}

/** Starts ProFTPD as an SFTP server (mod_sftp). */
export async function startModSftp(context: Pick<TestContext, 'skip'>): Promise<FtpDaemon> {
  const server = await started(context, 'proftpd', ({ folder, home, port }) => {
    const hash = openssl('passwd', '-6', PASSWORD)
    const line = `${USER}:${hash}:${NOBODY}:${NOBODY}::${home}:/bin/false\n`
    writeFileSync(join(folder, 'users'), line, { mode: 0o600 })
    const keygen = ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '']
    execFileSync('ssh-keygen', [...keygen, '-f', join(folder, 'host_key')])
    const lines = [
      'ServerType standalone',
      'DefaultAddress 127.0.0.1',
      // The server itself listens nowhere else.
      'Port 0',
      'User nobody',
      'Group nogroup',
      `ModulePath ${join(aside, 'usr/lib/proftpd')}`,
      'LoadModule mod_sftp.c',
      `PidFile ${join(folder, 'pid')}`,
      `ScoreboardFile ${join(folder, 'scoreboard')}`,
      'UseReverseDNS off',
      'WtmpLog off',
      'SystemLog none',
      '<VirtualHost 127.0.0.1>',
      `Port ${port}`,
      'SFTPEngine on',
      'SFTPLog none',
      `SFTPHostKey ${join(folder, 'host_key')}`,
      'SFTPAuthMethods password',
      'RequireValidShell off',
      'AuthOrder mod_auth_file.c',
      `AuthUserFile ${join(folder, 'users')}`,
      'AllowOverwrite on',
      'Umask 022',
      '</VirtualHost>',
    ]
    writeFileSync(join(folder, 'conf'), `${lines.join('\n')}\n`)
    return ['-n', '-q', '-c', join(folder, 'conf')]
  })
  return { ...server, url: server.url.replace('ftp:', 'ssh:') }
}

/** Starts Pure-FTPd. */
export function startPureFtpd(context: Pick<TestContext, 'skip'>): Promise<FtpDaemon> {
  return started(context, 'pure-ftpd', ({ folder, home, port }) => {
    const [file, database] = [join(folder, 'users'), join(folder, 'users.pdb')]
    const hash = openssl('passwd', '-6', PASSWORD)
    // As pure-pw writes it: name, hash, ids, home, and eleven limits that are empty.
    const line = `${USER}:${hash}:${NOBODY}:${NOBODY}::${home}/./::::::::::::\n`
    writeFileSync(file, line, { mode: 0o600 })
    execFileSync(join(aside, 'usr/bin/pure-pw'), ['mkdb', database, '-f', file], {
      env: environment,
    })
    return [
      '-S',
      `127.0.0.1,${port}`,
      '-l',
      `puredb:${database}`,
      '-A',
      '-H',
      '-g',
      join(folder, 'pid'),
    ]
  })
}

/**
 * Starts inetutils-ftpd, which serves one connection on its standard input, behind socat. Its accounts, passwords and rules of
 * login are in a mount namespace.
 */
export function startInetutils(context: Pick<TestContext, 'skip'>): Promise<FtpDaemon> {
  const program = unpacked(context, 'ftpd')
  const socat = requireDaemon(context, 'socat')
  const unshare = requireDaemon(context, 'unshare')
  return running('inetutils-ftpd', ({ folder, home, port }) => {
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
    const lines = (file: string, line: string): string => `${readFileSync(file, 'utf8')}${line}\n`
    const hash = openssl('passwd', '-6', PASSWORD)
    write('passwd', lines('/etc/passwd', `${USER}:x:${NOBODY}:${NOBODY}::${home}:/bin/sh`))
    write('shadow', lines('/etc/shadow', `${USER}:${hash}:19000:0:99999:7:::`))
    mkdirSync(join(folder, 'pam.d'))
    const kinds = ['auth', 'account', 'session', 'password']
    const rules = kinds.map((kind) => `${kind} required pam_unix.so`)
    write('pam.d/ftp', `${rules.join('\n')}\n`)
    const mounts = ['passwd', 'shadow', 'pam.d'].map(
      (name) => `mount --bind ${join(folder, name)} /etc/${name}`,
    )
    const listener = `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`
    const serve = `exec ${socat} ${listener} EXEC:"${program} -q",nofork`
    return [unshare, '--mount', 'sh', '-c', [...mounts, serve].join(' && ')]
  })
}

/** Starts pyftpdlib. */
export function startPyftpdlib(context: Pick<TestContext, 'skip'>): Promise<FtpDaemon> {
  // A package of modules belongs to Debian's own Python.
  const python = '/usr/bin/python3'
  try {
    execFileSync(python, ['-c', 'import pyftpdlib'], { stdio: 'ignore' })
  } catch {
    lacking(context, 'python3-pyftpdlib is not installed')
  }
  return running('pyftpdlib', ({ home, port }) => {
    return [python, '-W', 'ignore', '-c', PYFTPDLIB, String(port), home, USER, PASSWORD]
  })
}

interface Placed {
  readonly folder: string
  readonly home: string
  readonly port: number
}

function unpacked(context: Pick<TestContext, 'skip'>, name: string): string {
  const program = join(aside, 'usr/sbin', name)
  if (!existsSync(program)) {
    lacking(context, `${name} is not unpacked: test/interop/ftp-daemons.sh /opt/net-ftp-daemons`)
  }
  requireRoot(context, name)
  return program
}

async function started(
  context: Pick<TestContext, 'skip'>,
  name: string,
  configure: (place: Placed) => readonly string[],
  zone = 'UTC',
): Promise<FtpDaemon> {
  const program = unpacked(context, name)
  return running(name, (place) => {
    const loaded = ['/bin/sh', '-c', `TZ=${zone} LD_LIBRARY_PATH=${libraries} exec "$0" "$@"`]
    return [...loaded, program, ...configure(place)]
  })
}

/** Starts a daemon by its command line. */
async function running(
  name: string,
  command: (place: Placed) => readonly string[],
): Promise<FtpDaemon> {
  await using stack = new AsyncDisposableStack()
  const { path: folder } = stack.use(temporaryFolder(name))
  chmodSync(folder, 0o755)
  const home = join(folder, 'home')
  mkdirSync(home)
  chownSync(home, NOBODY, NOBODY)
  const port = await freePort()
  const [program = '', ...args] = command({ folder, home, port })
  stack.use(await startChild(program, args, [{ host: '127.0.0.1', port }]))
  const rest = stack.move()
  return {
    url: `ftp://127.0.0.1:${port}`,
    user: USER,
    password: PASSWORD,
    root: home,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8' }).trim()
}

const environment = { ...process.env, LD_LIBRARY_PATH: libraries }
const USER = 'joe'
const PASSWORD = 'interop-password'
const PYFTPDLIB = `
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
port, home, user, password = sys.argv[1:]
authorizer = DummyAuthorizer()
authorizer.add_user(user, password, home, perm='elradfmwMT')
FTPHandler.authorizer = authorizer
FTPServer(('127.0.0.1', int(port)), FTPHandler).serve_forever()
`
