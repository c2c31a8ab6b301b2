/* What ssh_config says of a host as options of `connect`. What the caller gives counts before it. */

import { formatEndpoint, parseEndpoint } from '@net/core'
import { inCall, netError, type Taken } from '@net/core/authoring'

import { MODERN, OLD, type AlgorithmLists } from '../algorithm-names.ts'
import type { SshConnectOptions } from '../client-options.ts'
import { defaultFiles } from '../host-keys/known-hosts-file.ts'
import { acceptNew, knownHosts, type HostKeyPolicy } from '../host-keys/policy.ts'
import { withoutRevoked } from '../host-keys/revoked-keys.ts'
import { configAuth } from './config-auth.ts'
import { hostConfig, type HostConfig } from './host-config.ts'

/** Where to connect to, with all options, and what leads there. */
export interface ConfiguredHost {
  readonly url: string
  readonly options: Taken<SshConnectOptions>
  readonly config: HostConfig
}

/** Whether this is a name to look up, and no URL. */
export function isName(url: unknown): url is string {
  return typeof url === 'string' && !url.includes('://')
}

/** Looks the host up. Rejects as `hostConfig`. */
export async function configured(
  url: string | URL,
  options: Taken<SshConnectOptions>,
): Promise<ConfiguredHost> {
  const { host, user, port, password, path } = partsOf(url)
  const files = filesOf(options.config)
  const asked = { user: options.user ?? user, port, files }
  const config = await hostConfig(host, asked)
  const given = options.password ?? password
  const endpoint = { scheme: 'ssh', host: config.hostname, port: config.port }
  return {
    url: `ssh://${formatEndpoint(endpoint)}${path}`,
    config,
    options: {
      ...fromConfig(config),
      ...options,
      user: config.user,
      ...(given === undefined ? {} : { password: given }),
      auth: options.auth ?? (await configAuth(config, options.passphrase)),
    },
  }
}

function partsOf(url: string | URL): {
  readonly host: string
  readonly user: string | undefined
  readonly port: number | undefined
  readonly password: Taken<SshConnectOptions>['password']
  /** Empty, but for a URL that nothing can be made of. */
  readonly path: string
} {
  const text = String(url)
  const {
    endpoint,
    user,
    password,
    path = '',
  } = inCall({ protocol: 'ssh', call: 'connect' }, () =>
    parseEndpoint(text, { schemes: ['ssh'], defaultPort: 22 }),
  )
  const port = /:\d+(?:\/[^@]*)?$/.test(text) ? endpoint.port : undefined
  // Names are compared as they are written.
  const [, host = endpoint.host] = WRITTEN.exec(text) ?? []
  return { host, user, port, password, path }
}

// The host as it is written, unless it is an address in brackets.
const WRITTEN = /^(?:ssh:\/\/)?(?:[^/]*@)?([^:/@[\]]+)(?=$|\/|:\d+(?:\/|$))/i

function filesOf(config: SshConnectOptions['config']): readonly string[] | undefined {
  return typeof config === 'boolean' || config === undefined ? undefined : [config].flat()
}

function fromConfig(config: HostConfig): Taken<SshConnectOptions> {
  const { hostKeyAlias, serverAliveInterval: seconds, connectTimeout } = config
  const { revokedHostKeyFiles: revoked } = config
  return {
    hostKeys: revoked === undefined ? policyOf(config) : withoutRevoked(policyOf(config), revoked),
    compress: config.compression,
    algorithms: listsOf(config),
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
    ...(seconds > 0
      ? { keepAlive: { interval: seconds * 1000, count: config.serverAliveCountMax } }
      : {}),
    // As in OpenSSH, 0 means none of its own.
    ...(connectTimeout === undefined || connectTimeout === 0
      ? {}
      : { timeout: { connect: connectTimeout * 1000 } }),
  }
}

/** There is no person to ask, and no host is trusted without a look: `ask` is strict, and `no` trusts a new host, but no changed one. */
function policyOf(config: HostConfig): HostKeyPolicy {
  const {
    strictHostKeyChecking: strict,
    userKnownHostsFiles: own,
    globalKnownHostsFiles: all,
  } = config
  const usual = defaultFiles()
  const isSystem = (file: string): boolean => file.startsWith('/etc/ssh/')
  const users = own ?? usual.filter((file) => !isSystem(file))
  const machine = all ?? usual.filter(isSystem)
  const [file, ...more] = users
  if (strict === 'yes' || strict === 'ask' || file === undefined) {
    return knownHosts({ files: [...users, ...machine] })
  }
  return acceptNew({ file, files: [...more, ...machine] })
}

function listsOf(config: HostConfig): AlgorithmLists {
  const parts = [
    ['kex', 'kexalgorithms'],
    ['hostKeys', 'hostkeyalgorithms'],
    ['ciphers', 'ciphers'],
    ['macs', 'macs'],
  ] as const
  return Object.fromEntries(
    parts.flatMap(([part, keyword]) => {
      const [text] = config.value(keyword) ?? []
      return text === undefined ? [] : [[part, listOf(part, text)]]
    }),
  )
}

/** With `+`, `-` or `^` in front it changes our list: adds behind, takes away, puts in front. Names that are not known here are left out. */
function listOf(part: keyof AlgorithmLists, text: string): readonly string[] {
  const sign = /^[+^-]/.exec(text)?.[0] ?? ''
  const all = [...MODERN[part], ...OLD[part]]
  const names = text.slice(sign.length).split(',')
  const named = names.filter((name) => all.includes(name))
  const others = MODERN[part].filter((name) => !named.includes(name))
  if (sign === '+')
    return [...MODERN[part], ...named.filter((name) => !MODERN[part].includes(name))]
  if (sign === '-') return MODERN[part].filter((name) => !names.includes(name))
  const list = sign === '^' ? [...named, ...others] : named
  if (list.length > 0) return list
  throw netError('NET_BAD_CONFIG', { message: `none of these algorithms is known here: ${text}` })
}
