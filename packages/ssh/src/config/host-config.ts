/* What ssh_config says of one host, as `ssh -G` prints it: values with their defaults, tokens and paths. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { isNetError } from '@net/core'
import {
  inCall,
  isError,
  netError,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import { homeFolder, localUser } from '../local-user.ts'
import { secondsOf } from './config-keywords.ts'
import type { MatchSubject } from './config-match.ts'
import {
  ConfigReader,
  defaultConfigFiles,
  namedConfigFile,
  type ConfigFile,
  type ConfigValues,
} from './config-reader.ts'
import {
  COMMAND_TOKENS,
  expandHome,
  expandTokens,
  PATH_TOKENS,
  type TokenValues,
} from './config-tokens.ts'

/** Options of `hostConfig`. */
export interface HostConfigOptions {
  /** Paths of the files, in place of `~/.ssh/config` and `/etc/ssh/ssh_config`; the first value counts. */
  readonly files?: readonly string[] | undefined
  /** The user and the port that are asked for, which count before those of the files. */
  readonly user?: string | undefined
  readonly port?: number | undefined
  /** Whether the commands of `Match exec` are run. Default false: such a block does not hold. */
  readonly matchExec?: boolean | undefined
}

/** What is known of a host. Paths are whole, tokens are replaced. */
export interface HostConfig {
  /** The name that was asked for. */
  readonly name: string
  readonly hostname: string
  readonly port: number
  readonly user: string
  /** The files of keys that the configuration names, in their order; undefined if it names none. */
  readonly identityFiles: readonly string[] | undefined
  readonly certificateFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** The socket of the agent; `none` if none may be used, undefined if nothing is said. */
  readonly identityAgent: string | undefined
  readonly hostKeyAlias: string | undefined
  /** Undefined if nothing is said. */
  readonly userKnownHostsFiles: readonly string[] | undefined
  readonly globalKnownHostsFiles: readonly string[] | undefined
  /** Files of keys that count for no host; undefined if nothing is said. */
  readonly revokedHostKeyFiles: readonly string[] | undefined
  readonly strictHostKeyChecking: 'yes' | 'no' | 'ask' | 'accept-new'
  /** The hosts to go through, the first one nearest, as `user@host:port`. */
  readonly proxyJump: readonly string[]
  /** The command whose input and output lead to the host, with its tokens replaced. */
  readonly proxyCommand: string | undefined
  /** In seconds; 0 for never. */
  readonly serverAliveInterval: number
  readonly serverAliveCountMax: number
  /** In seconds; undefined for no limit of its own. */
  readonly connectTimeout: number | undefined
  readonly compression: boolean
  /** The address of this machine from which to connect; undefined for any. */
  readonly bindAddress: string | undefined
  readonly forwardAgent: boolean
  /** Patterns of variables that are sent, and variables that are set. */
  readonly sendEnv: readonly string[]
  readonly setEnv: Readonly<Record<string, string>>
  /** Whether a block of `Match exec` was passed over that might hold, as its command was not to be run. */
  readonly skipsExec: boolean
  /** The words of a keyword in lower case as the files have them; undefined if they say nothing. */
  value(keyword: string): readonly string[] | undefined
}

/**
 * What `~/.ssh/config` and `/etc/ssh/ssh_config` say of this host, by OpenSSH's rules: Host, Match, Include, tokens; the first
 * value counts. Rejects with `NET_BAD_CONFIG`, which names file and line, for what OpenSSH refuses as well, and with
 * `NET_LOCAL_IO` for a file of `files` that cannot be read.
 */
export async function hostConfig(name: string, options?: HostConfigOptions): Promise<HostConfig> {
  const taken = hostConfigOptions(options)
  const files = taken.files?.map(namedConfigFile) ?? defaultConfigFiles()
  const lookup = new Lookup(name, taken)
  const values = await lookup.read(files)
  return inCall({ protocol: 'ssh', call: 'hostConfig', target: name }, () => lookup.result(values))
}

class Lookup {
  readonly #name: string
  readonly #options: HostConfigOptions
  readonly #localUser = nameless()
  #wantsFinal = false
  #skipsExec = false

  constructor(name: string, options: HostConfigOptions) {
    this.#name = name
    this.#options = options
  }

  async read(files: readonly ConfigFile[]): Promise<ConfigValues> {
    const first = this.#reader(false, this.#given())
    await first.read(files)
    if (!this.#wantsFinal) return first.values
    // The final pass looks for the host that the first one found, and finds no other.
    const before = new Map(first.values).set('hostname', [this.#hostname(first.values)])
    const last = this.#reader(true, before)
    await last.read(files)
    return last.values
  }

  result(values: ConfigValues): HostConfig {
    try {
      return this.#build(values)
    } catch (error) {
      if (isNetError(error)) throw error
      const why = isError(error) ? error.message : String(error)
      throw netError('NET_BAD_CONFIG', { message: `the configuration of ${this.#name}: ${why}` })
    }
  }

  #given(): ConfigValues {
    const { user, port } = this.#options
    const values = new Map<string, readonly string[]>()
    if (user !== undefined) values.set('user', [user])
    if (port !== undefined) values.set('port', [String(port)])
    return values
  }

  #reader(isFinal: boolean, before: ConfigValues): ConfigReader {
    const name = isFinal ? this.#hostname(before) : this.#name
    const subject: MatchSubject = {
      original: this.#name,
      name,
      host: () => (isFinal ? name : this.#hostname(reader.values)),
      user: () => reader.values.get('user')?.[0] ?? this.#localUser,
      localUser: this.#localUser,
      isFinal,
      wantsFinal: () => {
        this.#wantsFinal = true
      },
      exec: (command) => this.#exec(command, reader.values),
    }
    const reader = new ConfigReader(subject, before)
    return reader
  }

  #hostname(values: ConfigValues): string {
    const [given] = values.get('hostname') ?? []
    if (given === undefined) return this.#name.toLowerCase()
    return expandTokens(given, 'h', this.#tokens(values, this.#name)).toLowerCase()
  }

  #tokens(values: ConfigValues, host: string): TokenValues {
    return {
      original: this.#name,
      host,
      port: Number(values.get('port')?.[0] ?? 22),
      user: values.get('user')?.[0] ?? this.#localUser,
      localUser: this.#localUser,
      localHost: hostname(),
      home: homeFolder() ?? '',
      userId: process.getuid?.() ?? 0,
      hostKeyAlias: values.get('hostkeyalias')?.[0],
      jump: wanted(values.get('proxyjump')?.[0]) ?? '',
    }
  }

  async #exec(command: string, values: ConfigValues): Promise<boolean> {
    if (this.#options.matchExec !== true) {
      this.#skipsExec = true
      return false
    }
    const tokens = this.#tokens(values, this.#hostname(values))
    if (NAMES_IN_TOKENS.test(command)) refuseForShell(tokens, 'Match exec')
    return hasEndedWell(expandTokens(command, PATH_TOKENS, tokens))
  }

  #build(values: ConfigValues): HostConfig {
    const host = this.#hostname(values)
    const tokens = this.#tokens(values, host)
    const text = (keyword: string): string | undefined => values.get(keyword)?.[0]
    const flag = (keyword: string): boolean => /^(?:yes|true)$/i.test(text(keyword) ?? 'no')
    const path = (one: string): string =>
      expandTokens(expandHome(one, tokens.home), PATH_TOKENS, tokens)
    const paths = (keyword: string): readonly string[] | undefined =>
      values
        .get(keyword)
        ?.filter((one) => wanted(one) !== undefined)
        .map(path)
    const command = wanted(text('proxycommand'))
    return Object.freeze({
      name: this.#name,
      hostname: host,
      port: tokens.port,
      user: tokens.user,
      identityFiles: paths('identityfile'),
      certificateFiles: paths('certificatefile') ?? [],
      identitiesOnly: flag('identitiesonly'),
      identityAgent: agentOf(text('identityagent'), path),
      hostKeyAlias: text('hostkeyalias'),
      userKnownHostsFiles: paths('userknownhostsfile'),
      globalKnownHostsFiles: paths('globalknownhostsfile'),
      revokedHostKeyFiles: paths('revokedhostkeys'),
      strictHostKeyChecking: strictnessOf(text('stricthostkeychecking')),
      proxyJump: hopsOf(text('proxyjump')),
      proxyCommand: command === undefined ? undefined : safeCommand(command, tokens),
      serverAliveInterval: secondsOf(text('serveraliveinterval') ?? '0') ?? 0,
      serverAliveCountMax: Number(text('serveralivecountmax') ?? 3),
      connectTimeout: secondsOf(text('connecttimeout') ?? 'none'),
      compression: flag('compression'),
      bindAddress: text('bindaddress'),
      forwardAgent: wanted(text('forwardagent')) !== undefined && text('forwardagent') !== 'no',
      sendEnv: values.get('sendenv') ?? [],
      setEnv: variablesOf(values.get('setenv') ?? []),
      skipsExec: this.#skipsExec,
      value: (keyword: string) => values.get(keyword.toLowerCase()),
    })
  }
}

function safeCommand(command: string, tokens: TokenValues): string {
  refuseForShell(tokens, 'ProxyCommand')
  return expandTokens(command, COMMAND_TOKENS, tokens)
}

/** A shell reads the command, and must find no words of its own in names that come from elsewhere. */
function refuseForShell({ original, host, user }: TokenValues, what: string): void {
  const odd = [original, host, user].find((name) => SHELL.test(name))
  if (odd === undefined) return
  throw netError('NET_BAD_OPTION', {
    message: `"${odd}" has letters that the shell of ${what} would read`,
  })
}

function hopsOf(text: string | undefined): readonly string[] {
  return (wanted(text)?.split(',') ?? []).map((hop) => hop.trim())
}

/** Runs the command as OpenSSH does: it reads nothing, what it prints is dropped, and what it leaves in the background is not waited for. */
async function hasEndedWell(command: string): Promise<boolean> {
  try {
    const child = spawn('/bin/sh', ['-c', command], { stdio: 'ignore' })
    const [status] = (await once(child, 'exit')) as [number | null]
    return status === 0
  } catch {
    // Also where it cannot be started; the error would show the command.
    return false
  }
}

function wanted(text: string | undefined): string | undefined {
  return text?.toLowerCase() === 'none' ? undefined : text
}

function nameless(): string {
  try {
    return localUser()
  } catch {
    return ''
  }
}

function agentOf(text: string | undefined, path: (one: string) => string): string | undefined {
  if (text === undefined || text === 'SSH_AUTH_SOCK') return undefined
  if (text.toLowerCase() === 'none') return 'none'
  return text.startsWith('$') && !text.startsWith('${') ? process.env[text.slice(1)] : path(text)
}

function strictnessOf(text: string | undefined): HostConfig['strictHostKeyChecking'] {
  const word = (text ?? 'ask').toLowerCase()
  if (word === 'off' || word === 'no' || word === 'false') return 'no'
  if (word === 'true' || word === 'yes') return 'yes'
  if (word === 'ask' || word === 'accept-new') return word
  throw new Error(`StrictHostKeyChecking cannot be ${word}`)
}

function variablesOf(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw new Error(`SetEnv has no value for ${word}`)
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}

/** The files of keys that OpenSSH tries where none is named. */
export function defaultIdentityFiles(home: string | undefined = homeFolder()): readonly string[] {
  return home === undefined ? [] : NAMES.map((name) => join(home, '.ssh', name))
}

const NAMES_IN_TOKENS = /%[hknr]/
const SHELL = /[\s'"`$\\;&<>|(){}*?!#~]|^-/
const NAMES = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk']
const hostConfigOptions: OptionsDoor<HostConfigOptions> = optionsDoor<HostConfigOptions>(
  { protocol: 'ssh', call: 'hostConfig' },
  {
    files: option.list(option.text),
    user: option.text,
    port: option.between(1, 65_535),
    matchExec: option.flag,
  },
  { file: "files: ['…']" },
)
