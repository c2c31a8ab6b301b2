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

import type { SshConnectOptions, ExecOptions } from './client-options.ts'
import type { HostKeyPolicy } from './host-keys/policy.ts'
import type { KeyAuth } from './identity/keys.ts'
import type { KeepAliveOptions } from './keep-alive.ts'

const keyAuth: Shape<KeyAuth> = shape("key(fromFile('…'))", (value) => {
  const { method, read } = Object(value) as Partial<KeyAuth>
  return method === 'publickey' && typeof read === 'function'
})

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
    auth: option.oneOrMore(keyAuth),
    hostKeys: option.methods<HostKeyPolicy>('a policy, such as acceptNew()', 'open'),
    hostKeyAlias: option.text,
    keepAlive,
  },
  {
    // An agent is not there yet.
    agent: "auth: key(fromFile('…')), agents are not supported",
    host: 'the URL, as in ssh://host:22',
    hostname: 'the URL, as in ssh://host:22',
    port: 'the URL, as in ssh://host:22',
    hostVerifier: 'hostKeys',
    identityFile: "auth: key(fromFile('…'))",
    keepaliveCountMax: 'keepAlive: { count }',
    keepaliveInterval: 'keepAlive: { interval }',
    keyFilename: "auth: key(fromFile('…'))",
    knownHosts: 'hostKeys: knownHosts()',
    passphrase: "auth: key(fromFile('…'), { passphrase })",
    pkey: 'auth: key(…)',
    privateKey: 'auth: key(…)',
    readyTimeout: 'timeout',
    sock: 'dialer',
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
