// Servers of databases, each a child process with a folder of its own, on a free loopback port, stopped by its pid.
import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { IssuedCertificate } from '@net/socket/testing'
import type { TestContext } from 'vitest'

import { freePort, startChild, temporaryFolder } from './child.ts'
import { findDaemon, lacking, requireDaemon, requireRoot } from './daemon.ts'

/** A database that runs. */
export interface Database {
  readonly port: number
}

/** PostgreSQL for the user `nobody` without a password, with TLS if it gets a certificate. */
export async function startPostgres(
  context: TestContext,
  certificate?: IssuedCertificate,
): Promise<Database> {
  const programs = postgresPrograms(context)
  const data = dataFolder(context, 'postgres')
  const initdb = [join(programs, 'initdb'), '-D', data, '-A', 'trust', '-U', 'nobody', '--no-sync']
  execFileSync(setpriv(context), [...AS_NOBODY, ...initdb], { stdio: 'pipe', cwd: data })
  if (certificate !== undefined) {
    writeOwn(join(data, 'server.crt'), certificate.cert)
    writeOwn(join(data, 'server.key'), certificate.key)
  }
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${data}`,
    ...(certificate === undefined ? [] : ['ssl=on']),
  ].flatMap((setting) => ['-c', setting])
  const program = join(programs, 'postgres')
  return started(context, (port) => [program, '-D', data, '-p', String(port), '-F', ...settings])
}

/** MariaDB for the user `nobody` with the password `lovelace`, with TLS if it gets a certificate. */
export async function startMariaDb(
  context: TestContext,
  certificate?: IssuedCertificate,
): Promise<Database> {
  const program = requireDaemon(context, 'mariadbd')
  const install = requireDaemon(context, 'mariadb-install-db')
  const data = dataFolder(context, 'mariadb')
  const place = ['--no-defaults', `--datadir=${data}`]
  const fresh = [install, ...place, '--auth-root-authentication-method=normal', '--skip-test-db']
  execFileSync(setpriv(context), [...AS_NOBODY, ...fresh], { stdio: 'pipe', cwd: data })
  const first = join(data, 'first.sql')
  writeOwn(first, `${FIRST.join(';\n')};\n`)
  const [cert, key] = [join(data, 'cert.pem'), join(data, 'key.pem')]
  if (certificate !== undefined) {
    writeOwn(cert, certificate.cert)
    writeOwn(key, certificate.key)
  }
  const settings = [
    '--bind-address=127.0.0.1',
    `--socket=${join(data, 's')}`,
    `--init-file=${first}`,
    '--skip-log-bin',
    ...(certificate === undefined ? [] : [`--ssl-cert=${cert}`, `--ssl-key=${key}`]),
  ]
  return started(context, (port) => [program, ...place, `--port=${port}`, ...settings])
}

/** Redis, which speaks TLS if it gets a certificate. */
export async function startRedis(
  context: TestContext,
  certificate?: IssuedCertificate,
): Promise<Database> {
  const program = requireDaemon(context, 'redis-server')
  const data = dataFolder(context, 'redis')
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', data]
  const [cert, key] = [join(data, 'cert.pem'), join(data, 'key.pem')]
  if (certificate !== undefined) {
    writeOwn(cert, certificate.cert)
    writeOwn(key, certificate.key)
  }
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no']
  return started(context, (port) => [
    program,
    ...settings,
    ...(certificate === undefined
      ? ['--port', String(port)]
      : ['--port', '0', '--tls-port', String(port), ...files]),
  ])
}

/** As the user `nobody`: two of them refuse to run as root. */
async function started(
  context: TestContext,
  command: (port: number) => readonly string[],
): Promise<Database> {
  const port = await freePort()
  const line = [...AS_NOBODY, ...command(port)]
  const child = await startChild(setpriv(context), line, [{ host: '127.0.0.1', port }])
  context.onTestFinished(() => child.stop())
  return { port }
}

function setpriv(context: TestContext): string {
  requireRoot(context, 'a database as another user')
  return requireDaemon(context, 'setpriv')
}

/** Of the user `nobody`, removed when the test has finished. */
function dataFolder(context: TestContext, name: string): string {
  requireRoot(context, 'a database as another user')
  const folder = temporaryFolder(name)
  context.onTestFinished(() => folder[Symbol.dispose]())
  const data = join(folder.path, 'data')
  mkdirSync(data, { mode: 0o700 })
  chownSync(data, NOBODY, NOBODY)
  return data
}

function writeOwn(path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600 })
  chownSync(path, NOBODY, NOBODY)
}

/** Debian has them on no PATH. */
function postgresPrograms(context: TestContext): string {
  const found = findDaemon('initdb')
  if (found !== undefined) return join(found, '..')
  try {
    const [version = ''] = readdirSync(DEBIAN)
    return join(DEBIAN, version, 'bin')
  } catch {
    return lacking(context, 'initdb is not installed; the list of what to install is in .ci/run')
  }
}

// One on each line, as the server wants them.
const FIRST = [
  "create user nobody@localhost identified by 'lovelace'",
  'create database shop',
  'grant all on shop.* to nobody@localhost',
]
const DEBIAN = '/usr/lib/postgresql'
const NOBODY = 65_534
const AS_NOBODY = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups']
