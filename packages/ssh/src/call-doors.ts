/* What the options of each call may be. */

import {
  option,
  optionsDoor,
  optionsObject,
  shape,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'
import { loginConnectTable } from '@net/socket/authoring'

import type { AlgorithmLists } from './algorithm-names.ts'
import type { SshConnectOptions, ExecOptions, SshJump } from './client-options.ts'
import type { HostKeyPolicy } from './host-keys/policy.ts'
import type { SshAuth } from './identity/auth.ts'
import type { KeepAliveOptions } from './keep-alive.ts'
import type { RekeyOptions } from './rekey-watch.ts'

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

/** Takes the options of `exec`. Throws `NET_BAD_OPTION`. */
export const execDoor: OptionsDoor<ExecOptions> = optionsDoor<ExecOptions>(
  { protocol: 'ssh', call: 'exec' },
  {
    ...option.perCall,
    input: option.either<NonNullable<ExecOptions['input']>>([option.text, option.dataSource]),
    env: option.record(option.text),
    cwd: option.text,
    check: option.flag,
    maxBytes: option.bytes,
    output: option.oneOf('text', 'bytes'),
  },
  { encoding: 'output', environment: 'env', maxBuffer: 'maxBytes', stdin: 'input' },
)
