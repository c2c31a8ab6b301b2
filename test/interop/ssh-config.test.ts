// What we make of ssh_config, against `ssh -G`: files as people have them, and generated ones.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import { hostConfig } from '@net/ssh'

import { requireDaemon } from './daemon.ts'
import { testFolder } from './test-folder.ts'

const written: readonly (readonly [string, string])[] = [
  ['web', 'Host web\n  HostName web.example.com\n  Port 2200\n  User deploy\n'],
  ['web', 'host = web\r\n\tHostName="web.example.com"\r\nPort = 2200\r\n'],
  ['a', 'Host a,b\n  Port 1\nHost *\n  Port 2\n'],
  ['FOO.example', 'Host foo.example\n  Port 1\nHost FOO.*\n  Port 2\n'],
  ['foo.example', 'Host *.example !foo.example\n  Port 1\nHost *\n  Port 2\n'],
  ['web', 'Port 2\nHost web\n  Port 1\n  HostName %h.example.com\n'],
  [
    'web',
    'User early\nHost web\n  User late\n  IdentityFile ~/a\n  IdentityFile "~/b c"\n  IdentityFile ~/a\n',
  ],
  ['web', 'SetEnv A=1 B=2\nSetEnv C=3\nSendEnv LANG\nSendEnv LC_*\n'],
  ['web', 'ProxyCommand none\nProxyJump bastion\n'],
  ['web', 'ProxyJump u1@h1:2201,h2\nProxyCommand nc %h %p\n'],
  ['web', 'ProxyJump none\nHost web\n  ProxyCommand nc -X 5 %h %p # no comment\n'],
  [
    'web',
    'Match host=*.example.com\n  Port 1\nHost web\n  HostName web.example.com\nMatch host web.example.com\n  User seen\n',
  ],
  [
    'web',
    'Match final host *.example.com\n  User last\nHost web\n  HostName web.example.com\nHost web.example.com\n  Port 7\n',
  ],
  ['web', 'Match final all\n  IdentitiesOnly yes\n'],
  ['web', 'Match originalhost web,db user root\n  Port 5\nMatch !originalhost web\n  Port 6\n'],
  [
    'web',
    'Match localuser root,ada\n  Port 5\nMatch all\n  ServerAliveInterval 1m30s\n  ServerAliveCountMax 7\n',
  ],
  ['web', 'IgnoreUnknown UseKeychain,Odd*\nUseKeychain yes\nOddThing 1\nPort 9\n'],
  ['web', 'UseKeychain yes\nPort 9\n'],
  ['web', 'Host other\n  Nonsense 1\n'],
  ['web', 'Port 70000\n'],
  ['web', 'Port 22 23\n'],
  ['web', 'Compression perhaps\n'],
  ['web', 'Match nonsense x\n  Port 1\n'],
  [
    'web',
    'Host "web"\n  StrictHostKeyChecking accept-new\n  UserKnownHostsFile ~/k1 "~/k 2"\n  GlobalKnownHostsFile none\n',
  ],
  [
    'web',
    'StrictHostKeyChecking no\nConnectTimeout 10\nIdentityAgent ~/agent\nCertificateFile ~/c1\nCertificateFile ~/c2\n',
  ],
  ['web', 'StrictHostKeyChecking off\nIdentityAgent none\nHostKeyAlias alias\nCompression yes\n'],
  ['web', 'Host web\nInclude extra\nHost *\n  Port 4\n'],
  ['db', 'Host web\nInclude extra\nHost *\n  Port 4\n'],
  ['web', 'Include ex*\nPort 3\n'],
  ['web', 'Include "missing"\nPort 3\n'],
  ['web', '   # a comment\n\n  Port 8   # and one behind\n'],
  ['web', 'Port "8\n'],
  ['web', 'Match exec "true"\n  Port 8\nMatch exec "test %h = web"\n  User seen\n'],
  ['web', 'User "two words"\n'],
  // As Debian, Fedora and macOS have it for all hosts, behind what a user has.
  [
    'web',
    'Host web\n  User ada\n\nHost *\n#   ForwardAgent no\n#   Port 22\n    SendEnv LANG LC_* COLORTERM NO_COLOR\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n',
  ],
  [
    'web',
    'Host web\n  HostName web.example.com\n\n# This system is following system-wide crypto policy.\nMatch final all\n\tInclude extra\n\n\tGSSAPIAuthentication yes\n\n# If this option is set to yes then remote X11 clients will have full access\n\tForwardX11Trusted yes\n',
  ],
  [
    'web',
    'Host *\n  IgnoreUnknown UseKeychain\n  UseKeychain yes\n  AddKeysToAgent yes\n  IdentityFile ~/.ssh/id_work\n\n# Options set here apply to all hosts\nHost *\n    SendEnv LANG LC_*\n',
  ],
  ['web', 'Host *\n  AddKeysToAgent yes\n  UseKeychain yes\n'],
  [
    'web',
    'RekeyLimit 1G 1h\nAddKeysToAgent yes\nHashKnownHosts yes\nVisualHostKey no\nTCPKeepAlive no\n',
  ],
]
const extra = 'Port 33\nHost db\n  Port 44\nHost web\n  User included\n'

test('[SSH-30] the same answer as ssh -G for files as people have them', async (context) => {
  for (const [name, text] of written) await checkSame(context, name, text)
})

test('[SSH-30] the same answer as ssh -G for a hundred generated files', async (context) => {
  for (let seed = 1; seed <= 100; seed++)
    await checkSame(context, pick(NAMES, seed * 7), generated(seed))
})

async function checkSame(context: TestContext, name: string, text: string): Promise<void> {
  const program = requireDaemon(context, 'ssh')
  const folder = testFolder()
  const file = join(folder, 'config')
  mkdirSync(join(folder, '.ssh'))
  writeFileSync(join(folder, 'extra'), extra)
  // Includes of OpenSSH stand beside the user's own file; paths that are whole are the same for both.
  const whole = text.replaceAll(
    /Include "?(ex\S*|missing)"?/g,
    (_, path: string) => `Include ${folder}/${path}`,
  )
  writeFileSync(file, whole)
  const theirs = theirsOf(program, name, file)
  const ours = await oursOf(name, file)
  expect([name, whole, ours]).toEqual([name, whole, theirs])
}

function theirsOf(
  program: string,
  name: string,
  file: string,
): Readonly<Record<string, unknown>> | 'refused' {
  let printed: string
  try {
    const answer = execFileSync(program, ['-G', '-F', file, name], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
    // OpenSSH takes the account's folder, also where HOME names another.
    printed = answer.replaceAll(userInfo().homedir, homedir())
  } catch {
    return 'refused'
  }
  const all = (keyword: string): readonly string[] =>
    printed
      .split('\n')
      .filter((line) => line.startsWith(`${keyword} `))
      .map((line) => line.slice(keyword.length + 1))
  const one = (keyword: string): string | undefined => all(keyword)[0]
  const none = (text: string | undefined): string | undefined =>
    text === 'none' ? undefined : text
  return {
    hostname: one('hostname'),
    port: Number(one('port')),
    user: one('user'),
    identityFiles: all('identityfile').filter((path) => !DEFAULTS.test(path)),
    certificateFiles: all('certificatefile'),
    identitiesOnly: one('identitiesonly') === 'yes',
    hostKeyAlias: one('hostkeyalias'),
    userKnownHosts: one('userknownhostsfile'),
    strict: one('stricthostkeychecking'),
    proxyJump: none(one('proxyjump')),
    proxyCommand: none(one('proxycommand')),
    interval: Number(one('serveraliveinterval')),
    count: Number(one('serveralivecountmax')),
    connectTimeout: none(one('connecttimeout')),
    compression: one('compression') === 'yes',
    sendEnv: all('sendenv'),
    setEnv: all('setenv'),
  }
}

async function oursOf(
  name: string,
  file: string,
): Promise<Readonly<Record<string, unknown>> | 'refused'> {
  try {
    const config = await hostConfig(name, { files: [file], matchExec: true })
    const raw = (keyword: string): readonly string[] => config.value(keyword) ?? []
    const none = (text: string | undefined): string | undefined =>
      text === 'none' ? undefined : text
    const known =
      config.userKnownHostsFiles ??
      ['known_hosts', 'known_hosts2'].map((file) => join(homedir(), '.ssh', file))
    const strict = config.strictHostKeyChecking
    return {
      hostname: config.hostname,
      port: config.port,
      user: config.user,
      identityFiles: raw('identityfile'),
      certificateFiles: raw('certificatefile'),
      identitiesOnly: config.identitiesOnly,
      hostKeyAlias: config.hostKeyAlias,
      userKnownHosts: known.join(' '),
      strict: { yes: 'true', no: 'false', ask: 'ask', 'accept-new': 'accept-new' }[strict],
      proxyJump: none(raw('proxyjump')[0]),
      proxyCommand: none(raw('proxycommand')[0]),
      interval: config.serverAliveInterval,
      count: config.serverAliveCountMax,
      connectTimeout:
        config.connectTimeout === undefined ? undefined : String(config.connectTimeout),
      compression: config.compression,
      sendEnv: config.sendEnv,
      setEnv: Object.entries(config.setEnv).map(([key, value]) => `${key}=${value}`),
    }
  } catch {
    return 'refused'
  }
}

/** Blocks and lines in any order, the same for the same seed. */
function generated(seed: number): string {
  let state = seed
  const next = (most: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * most)
  }
  const lines: string[] = []
  for (let at = 0; at < 18; at++) {
    if (next(3) === 0) lines.push(pick(BLOCKS, next(BLOCKS.length)))
    else lines.push(`${next(2) === 0 ? '  ' : '\t'}${pick(LINES, next(LINES.length))}`)
  }
  return `${lines.join(next(4) === 0 ? '\r\n' : '\n')}\n`
}

function pick(list: readonly string[], at: number): string {
  return list[at % list.length] ?? ''
}

const DEFAULTS = /^~\/\.ssh\/id_(?:rsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|dsa)$/
const NAMES = ['web', 'db', 'web.example.com', 'Build-Box', 'a1', '10.0.0.7']
const BLOCKS = [
  'Host web',
  'Host db web*',
  'Host * !db',
  'Host *.example.com',
  'Host build-box Build-Box',
  'Host 10.0.0.*',
  'Host a?',
  'Match all',
  'Match host web,db',
  'Match !host db',
  'Match final',
  'Match final host *.example.com',
  'Match originalhost web*',
  'Match user ada,root',
  'Match user !root,*',
  'Match localuser root',
  'Match canonical all',
  'match Host *.com OriginalHost web',
  'Match exec "test %p = 2200"',
]
const LINES = [
  'HostName web.example.com',
  'HostName %h.example.com',
  'HostName 192.0.2.1',
  'Port 2200',
  'port=2201',
  'User ada',
  'User "deploy"',
  'IdentityFile ~/.ssh/work',
  'IdentityFile /keys/%r@%h',
  'CertificateFile ~/.ssh/work-cert.pub',
  'IdentitiesOnly yes',
  'IdentitiesOnly=no',
  'ProxyJump bastion',
  'ProxyJump none',
  'ProxyCommand none',
  'ProxyCommand ssh -W %h:%p gate',
  'ServerAliveInterval 30',
  'ServerAliveInterval 2m',
  'ServerAliveCountMax 5',
  'ConnectTimeout 7',
  'Compression yes',
  'StrictHostKeyChecking accept-new',
  'StrictHostKeyChecking yes',
  'HostKeyAlias box',
  'UserKnownHostsFile /dev/null',
  'SendEnv LANG LC_*',
  'SetEnv A=1',
  'SetEnv B="2 3"',
  '# nothing',
  'ForwardAgent no',
]
