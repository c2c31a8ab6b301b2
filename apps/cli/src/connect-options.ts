/* The options of the command line as the packages take them: limits, repeats, TLS, host keys, logins. */

import { readFile } from 'node:fs/promises'

import type { CallOptions, Credential } from '@net/core'
import type { TlsOptions } from '@net/socket'
import type * as Ssh from '@net/ssh'

import type { Call } from './call.ts'
import { passphraseFor, passwordFor, type Asker } from './secrets.ts'

type SshModule = typeof import('@net/ssh')

/** What every call of a package gets. */
export function callOptions({ options, signal }: Call): CallOptions {
  const { connectTimeout, retry } = options
  return {
    signal,
    ...(connectTimeout === undefined ? {} : { timeout: { connect: connectTimeout } }),
    // curl counts repeats, our policies count attempts.
    ...(retry === undefined ? {} : { retry: retry + 1 }),
  }
}

/** What a client repeats by itself in later calls. */
export function clientDefaults({ options }: Call): { readonly retry?: number } {
  return options.retry === undefined ? {} : { retry: options.retry + 1 }
}

/** The TLS options; undefined if there are none. */
export async function tlsOptions(call: Call): Promise<TlsOptions | undefined> {
  const { cacert, cert, key, dangerouslySkipVerification } = call.options
  const ca = cacert === undefined ? {} : { ca: await readFile(cacert, 'utf8') }
  const identity =
    cert === undefined
      ? {}
      : {
          cert: await readFile(cert, 'utf8'),
          key: await readFile(key ?? cert, 'utf8'),
          passphrase: passphraseFor(call, key ?? cert),
        }
  const skip = dangerouslySkipVerification === true ? { dangerouslySkipVerification } : {}
  const all = { ...ca, ...identity, ...skip }
  return Object.keys(all).length === 0 ? undefined : all
}

/** Which host keys are trusted. */
export function hostKeysOf(ssh: SshModule, { options }: Call): Ssh.HostKeyPolicy {
  const { acceptNew, knownHosts: file, pin, dangerouslyAcceptAnyHostKey } = options
  if (dangerouslyAcceptAnyHostKey === true) return ssh.dangerouslyAcceptAnyHostKey()
  if (pin !== undefined) return ssh.pinned(pin)
  if (acceptNew === true) return ssh.acceptNew(file === undefined ? {} : { file })
  return ssh.knownHosts(file === undefined ? {} : { files: [file] })
}

/** How to log in over SSH: the key that is given, else what ssh_config, the agent and `~/.ssh` have; then a password. */
export async function sshLogin(
  ssh: SshModule,
  call: Call,
  asker: Asker,
): Promise<Pick<Ssh.SshConnectOptions, 'auth' | 'config' | 'passphrase' | 'password'>> {
  const { key, sshConfig } = call.options
  const config = sshConfig === undefined ? true : sshConfig === 'none' ? false : sshConfig
  const password: Credential = await passwordFor(call, asker)
  const passphrase = passphraseFor(call, key ?? 'the private key')
  const auth = key === undefined ? {} : { auth: ssh.key(ssh.fromFile(key), { passphrase }) }
  return { config, password, passphrase, ...auth }
}
