/* What the options of each call may be. */

import type { CallOptions, Sink, Source } from '@net/core'
import {
  option,
  optionsDoor,
  optionsObject,
  shape,
  type OptionsDoor,
  type OptionTable,
  type Shape,
} from '@net/core/authoring'
import { loginConnectTable } from '@net/socket/authoring'

import type { AlgorithmLists } from './algorithm-names.ts'
import type { SshConnectOptions, ExecOptions, SshJump } from './client-options.ts'
import type { HostKeyPolicy } from './host-keys/policy.ts'
import type { SshAuth } from './identity/auth.ts'
import type { KeepAliveOptions } from './keep-alive.ts'
import type { RekeyOptions } from './rekey-watch.ts'
import type { Answer, Wanted } from './shell/expectation.ts'
import type { ExpectOptions } from './shell/shell.ts'
import type {
  RunningOptions,
  ShellOptions,
  SpawnOptions,
  SubsystemOptions,
  TerminalOptions,
} from './ssh-process.ts'
import type { SudoOptions } from './sudo.ts'

// RFC 4254, section 6.2 has 32 bits; programs keep sizes in 16.
const MOST_CHARACTERS = 65_535
const TERMINAL_NAMES = { cols: 'columns', width: 'columns', height: 'rows' }
const PTY_NAMES = { pty: 'terminal', tty: 'terminal', requestPty: 'terminal', get_pty: 'terminal' }

const sshAuth: Shape<SshAuth> = shape(
  "key(fromFile('…')), agent() or keyboardInteractive(…)",
  (value) => {
    const { method, read, socket, answer } = Object(value) as Record<string, unknown>
    if (method === 'publickey') return typeof read === 'function'
    if (method === 'agent') return typeof socket === 'string'
    return method === 'keyboard-interactive' && typeof answer === 'function'
  },
)

const aJump: Shape<SshJump> = shape(
  "a URL or the name of a host, or { url: 'ssh://…', … }",
  (value) => typeof value === 'string' || 'url' in Object(value),
)

const keepAlive: Shape<KeepAliveOptions | false> = option.either<KeepAliveOptions | false>(
  [
    option.oneOf(false),
    optionsObject<KeepAliveOptions>({ interval: option.limit, count: option.size }),
  ],
  'false, or an object such as { interval: 15_000, count: 3 }',
)

/** Takes the options of `connect`. Throws `NET_BAD_OPTION`. */
export const connectDoor: OptionsDoor<SshConnectOptions> = optionsDoor<SshConnectOptions>(
  { protocol: 'ssh', call: 'connect' },
  {
    ...loginConnectTable,
    auth: option.oneOrMore(sshAuth),
    newPassword: option.credential,
    hostKeys: option.methods<HostKeyPolicy>('a policy, such as acceptNew()', 'open'),
    hostKeyAlias: option.text,
    config: option.either<NonNullable<SshConnectOptions['config']>>(
      [option.flag, option.text, option.list(option.text)],
      'true, false, or the paths of files',
    ),
    jump: option.oneOrMore(aJump),
    passphrase: option.credential,
    forwardAgent: option.either<boolean | string>(
      [option.flag, option.text],
      'true, false or the path of a socket',
    ),
    algorithms: optionsObject<AlgorithmLists>({
      kex: option.list(option.text),
      hostKeys: option.list(option.text),
      ciphers: option.list(option.text),
      macs: option.list(option.text),
    }),
    compress: option.flag,
    rekey: optionsObject<RekeyOptions>({ bytes: option.limit, time: option.limit }),
    onHostKeys: option.callback<NonNullable<SshConnectOptions['onHostKeys']>>(),
    keepAlive,
  },
  {
    agent: "auth: agent({ socket: '…' })",
    agentForward: 'forwardAgent',
    tryKeyboard: 'auth: keyboardInteractive(…)',
    host: 'the URL, as in ssh://host:22',
    hostname: 'the URL, as in ssh://host:22',
    port: 'the URL, as in ssh://host:22',
    hostVerifier: 'hostKeys',
    identityFile: "auth: key(fromFile('…'))",
    keepaliveCountMax: 'keepAlive: { count }',
    keepaliveInterval: 'keepAlive: { interval }',
    keyFilename: "auth: key(fromFile('…'))",
    knownHosts: 'hostKeys: knownHosts()',
    pkey: 'auth: key(…)',
    privateKey: 'auth: key(…)',
    readyTimeout: 'timeout',
    proxyJump: 'jump',
    sock: 'dialer',
    tunnel: 'jump',
    strictHostKeyChecking: 'hostKeys',
  },
)

const terminalTable: OptionTable<TerminalOptions> = {
  term: option.text,
  columns: option.between(1, MOST_CHARACTERS),
  rows: option.between(1, MOST_CHARACTERS),
  echo: option.flag,
}

const terminal: Shape<boolean | TerminalOptions> = option.either<boolean | TerminalOptions>(
  [option.flag, optionsObject<TerminalOptions>(terminalTable, TERMINAL_NAMES)],
  'true, false, or an object such as { columns: 80, rows: 24 }',
)

const sudo: Shape<boolean | SudoOptions> = option.either<boolean | SudoOptions>(
  [
    option.flag,
    optionsObject<SudoOptions>(
      { password: option.credential, user: option.text },
      { username: 'user', pass: 'password' },
    ),
  ],
  "true, false, or an object such as { user: 'postgres', password: '…' }",
)

const input: Shape<string | Source> = option.either<string | Source>([
  option.text,
  option.dataSource,
])

const runningTable: OptionTable<RunningOptions> = {
  ...option.perCall,
  env: option.record(option.text),
  maxUnread: option.bytes,
}

/** Takes the options of `exec`. Throws `NET_BAD_OPTION`. */
export const execDoor: OptionsDoor<ExecOptions> = optionsDoor<ExecOptions>(
  { protocol: 'ssh', call: 'exec' },
  {
    ...option.perCall,
    input,
    env: option.record(option.text),
    cwd: option.text,
    check: option.flag,
    stdout: option.dataSink,
    stderr: option.either<Sink | 'stdout'>([option.oneOf('stdout'), option.dataSink]),
    terminal,
    sudo,
    maxBytes: option.bytes,
    output: option.oneOf('text', 'bytes'),
  },
  { encoding: 'output', environment: 'env', maxBuffer: 'maxBytes', stdin: 'input', ...PTY_NAMES },
)

/** Takes the options of `spawn`. Throws `NET_BAD_OPTION`. */
export const spawnDoor: OptionsDoor<SpawnOptions> = optionsDoor<SpawnOptions>(
  { protocol: 'ssh', call: 'spawn' },
  { ...runningTable, cwd: option.text, input, stderr: option.oneOf('stdout'), terminal, sudo },
  { environment: 'env', stdin: 'input', ...PTY_NAMES },
)

/** Takes the options of `subsystem`. Throws `NET_BAD_OPTION`. */
export const subsystemDoor: OptionsDoor<SubsystemOptions> = optionsDoor<SubsystemOptions>(
  { protocol: 'ssh', call: 'subsystem' },
  runningTable,
  { environment: 'env' },
)

/** Takes the options of `shell`. Throws `NET_BAD_OPTION`. */
export const shellDoor: OptionsDoor<ShellOptions> = optionsDoor<ShellOptions>(
  { protocol: 'ssh', call: 'shell' },
  { ...runningTable, ...terminalTable, terminal: option.flag },
  { environment: 'env', ...TERMINAL_NAMES, ...PTY_NAMES },
)

/** Takes the options of the calls that open a tunnel. Throws `NET_BAD_OPTION`. */
export const tunnelDoor: OptionsDoor<CallOptions> = optionsDoor<CallOptions>(
  { protocol: 'ssh', call: 'forward' },
  option.perCall,
)

const wanted: Shape<Wanted> = shape(
  'a text or a pattern',
  (value) => (typeof value === 'string' && value !== '') || value instanceof RegExp,
)

const answer: Shape<Answer> = shape(
  "a pair of a question and its answer, such as ['--More--', ' ']",
  (value) => Array.isArray(value) && value.length === 2 && typeof value[1] === 'string',
)

/** Takes what `expect` of a shell waits for. */
export const wantedShape: Shape<Wanted | readonly Wanted[]> = option.oneOrMore(wanted)

/** Takes the options of `expect`. Throws `NET_BAD_OPTION`. */
export const expectDoor: OptionsDoor<ExpectOptions> = optionsDoor<ExpectOptions>(
  { protocol: 'ssh', call: 'expect' },
  { ...option.perCall, answers: option.list(answer), limit: option.bytes },
)
