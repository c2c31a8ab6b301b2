// Ways to log in, against OpenSSH's sshd: keys of every type as ssh-keygen and PuTTYgen make them, certificates, an agent,
// questions through PAM, several steps.
import { execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'

import { fromFile } from '@net/core'
import * as ssh from '@net/ssh'

import { requireDaemon, requireRoot } from './daemon.ts'
import { startSshd, type Sshd } from './sshd.ts'
import { testFolder } from './test-folder.ts'

const kinds = [
  ['ed25519'],
  ['rsa', '-b', '2048'],
  ['ecdsa', '-b', '256'],
  ['ecdsa', '-b', '384'],
  ['ecdsa', '-b', '521'],
] as const
const formats = ['RFC4716', 'PKCS8', 'PEM'] as const

test('keys of every type in every format that ssh-keygen writes, with and without a passphrase', async (context) => {
  await using sshd = await started(context)
  const folder = testFolder()
  for (const [type, ...bits] of kinds) {
    for (const format of formats) {
      // OpenSSH has no PEM for Ed25519, and writes its own format in its place.
      for (const passphrase of ['', 'open sesame']) {
        const file = join(folder, `${type}${bits.join('')}-${format}-${passphrase.length}`)
        keygen('-q', '-t', type, ...bits, '-m', format, '-a', '2', '-N', passphrase, '-f', file)
        allow(sshd, readFileSync(`${file}.pub`, 'utf8'))
        await using host = await logIn(sshd, ssh.key(fromFile(file), { passphrase }))
        expect(host.info.user).toBe(sshd.user)
      }
    }
  }
})

test('keys of every type that PuTTYgen writes, in versions 2 and 3', async (context) => {
  const puttygen = requireDaemon(context, 'puttygen')
  await using sshd = await started(context)
  const folder = testFolder()
  writeFileSync(join(folder, 'none'), '')
  writeFileSync(join(folder, 'some'), 'open sesame')
  for (const [type, ...rest] of kinds) {
    const [, bits = ''] = rest
    for (const version of ['2', '3']) {
      for (const passphrase of ['', 'open sesame']) {
        const file = join(folder, `${type}${bits}-${version}-${passphrase.length}.ppk`)
        const phrase = join(folder, passphrase === '' ? 'none' : 'some')
        const size = bits === '' ? [] : ['-b', bits]
        const made = ['-t', type, ...size, '-o', file, '--new-passphrase', phrase, '-q']
        execFileSync(puttygen, [
          ...made,
          '--random-device',
          '/dev/urandom',
          '--ppk-param',
          `version=${version}`,
        ])
        const shown = execFileSync(puttygen, [file, '-L', '--old-passphrase', phrase], {
          encoding: 'utf8',
        })
        allow(sshd, shown)
        await using host = await logIn(sshd, ssh.key(fromFile(file), { passphrase }))
        expect(host.info.user).toBe(sshd.user)
      }
    }
  }
  // The keys of its passphrases are made in three ways.
  for (const kdf of ['Argon2id', 'Argon2i', 'Argon2d']) {
    const file = join(folder, `${kdf}.ppk`)
    const made = ['-t', 'ed25519', '-o', file, '--new-passphrase', join(folder, 'some'), '-q']
    const param = ['--random-device', '/dev/urandom', '--ppk-param', `kdf=${kdf.toLowerCase()}`]
    execFileSync(puttygen, [...made, ...param])
    expect(readFileSync(file, 'utf8')).toContain(`Key-Derivation: ${kdf}`)
    const shown = [file, '-L', '--old-passphrase', join(folder, 'some')]
    allow(sshd, execFileSync(puttygen, shown, { encoding: 'utf8' }))
    const passphrase = 'open sesame'
    await using host = await logIn(sshd, ssh.key(fromFile(file), { passphrase }))
    expect(host.info.user).toBe(sshd.user)
  }
  // The two that it makes besides, which sshd takes no more and never took.
  for (const [type, words] of [
    ['dsa', 'a DSA key'],
    ['ed448', 'ssh-ed448'],
  ] as const) {
    const file = join(folder, `${type}.ppk`)
    const made = ['-t', type, '-o', file, '--new-passphrase', join(folder, 'none'), '-q']
    execFileSync(puttygen, [...made, '--random-device', '/dev/urandom'])
    await expect(logIn(sshd, ssh.key(fromFile(file)))).rejects.toMatchObject({
      code: 'NET_CREDENTIAL_INVALID',
      message: expect.stringContaining(words),
    })
  }
})

test('certificates that ssh-keygen signs, where sshd knows the authority alone', async (context) => {
  const folder = testFolder()
  const authority = join(folder, 'authority')
  keygen('-q', '-t', 'ecdsa', '-N', '', '-f', authority)
  await using sshd = await started(context, [`TrustedUserCAKeys ${authority}.pub`])
  for (const [type, ...bits] of kinds) {
    const file = join(folder, `id-${type}${bits.join('')}`)
    keygen('-q', '-t', type, ...bits, '-N', '', '-f', file)
    keygen('-q', '-s', authority, '-I', 'ada', '-n', sshd.user, '-V', '+1h', `${file}.pub`)
    const certificate = fromFile(`${file}-cert.pub`)
    await using host = await logIn(sshd, ssh.key(fromFile(file), { certificate }))
    expect(host.info.user).toBe(sshd.user)
    await expect(logIn(sshd, ssh.key(fromFile(file)))).rejects.toMatchObject({
      code: 'NET_AUTH_REJECTED',
    })
  }
  const file = join(folder, 'id-ed25519')
  keygen('-q', '-s', authority, '-I', 'ada', '-n', 'somebody-else', `${file}.pub`)
  const certificate = fromFile(`${file}-cert.pub`)
  await expect(logIn(sshd, ssh.key(fromFile(file), { certificate }))).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
  })
})

test('the keys of ssh-agent, of which one fits; a public key or a locked file chooses it', async (context) => {
  await using sshd = await started(context, ['MaxAuthTries 3'])
  const folder = testFolder()
  using agent = startAgent(context, folder)
  const files = Array.from({ length: 8 }, (_, at) => join(folder, `id-${at}`))
  for (const file of files) {
    keygen('-q', '-t', 'ed25519', '-N', '', '-f', file)
    agent.add(file)
  }
  const last = files.at(-1) ?? ''
  allow(sshd, readFileSync(`${last}.pub`, 'utf8'))
  const { socket } = agent
  await expect(logIn(sshd, ssh.agent({ socket }))).rejects.toMatchObject({
    code: 'NET_AUTH_TOO_MANY',
  })
  keygen('-q', '-p', '-P', '', '-N', 'open sesame', '-a', '2', '-f', last)
  for (const key of [`${last}.pub`, last]) {
    await using host = await logIn(sshd, ssh.agent({ socket, keys: [fromFile(key)] }))
    expect(host.info.user).toBe(sshd.user)
  }
  // The agent is asked for it before the file, so no passphrase is asked for.
  const passphrase = (): never => {
    throw new Error('asked')
  }
  const auth = [
    ssh.agent({ socket, keys: [fromFile(last)] }),
    ssh.key(fromFile(last), { passphrase }),
  ]
  await using host = await logIn(sshd, auth)
  expect(host.info.user).toBe(sshd.user)
  agent.forget(last)
  const asked: string[] = []
  const answer = ({ what }: { what: string }): string => {
    asked.push(what)
    return 'open sesame'
  }
  const [first] = auth
  const later = [first, ssh.key(fromFile(last), { passphrase: answer })] as ssh.SshAuth[]
  await using other = await logIn(sshd, later)
  expect([other.info.user, asked]).toEqual([sshd.user, ['passphrase']])
})

test('[SSH-19] [H-SSH-21] a command may use our agent only where that is asked for', async (context) => {
  await using sshd = await started(context)
  const folder = testFolder()
  using agent = startAgent(context, folder)
  const file = join(folder, 'id')
  keygen('-q', '-t', 'ed25519', '-N', '', '-C', 'kept by the agent', '-f', file)
  agent.add(file)
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  const login = { user: sshd.user, auth: ssh.key(sshd.key.privateKey), hostKeys }
  await using plain = await ssh.connect(sshd.url, login)
  expect((await plain.exec('ssh-add -l')).exitCode).toBe(2)
  await using host = await ssh.connect(sshd.url, { ...login, forwardAgent: agent.socket })
  const lists = await Promise.all(Array.from({ length: 5 }, () => host.exec('ssh-add -l')))
  for (const { stdout } of lists) expect(stdout).toContain('kept by the agent')
  await using lost = await ssh.connect(sshd.url, { ...login, forwardAgent: '/nowhere/agent' })
  expect((await lost.exec('ssh-add -l')).exitCode).not.toBe(0)
  expect((await lost.exec('echo hello')).stdout).toBe('hello\n')
})

test('steps in the order that sshd wants, with questions and passwords through PAM', async (context) => {
  requireRoot(context, 'sshd with PAM')
  for (const order of [
    'password,publickey',
    'publickey,password',
    'keyboard-interactive,publickey',
    'publickey,keyboard-interactive',
  ]) {
    await using sshd = await startedWithPam(context, [`AuthenticationMethods ${order}`])
    const key = ssh.key(sshd.key.privateKey)
    const login = { user: sshd.user, hostKeys: ssh.pinned(sshd.hostKey.fingerprint) }
    await using host = await ssh.connect(sshd.url, { ...login, auth: key, password: 'open sesame' })
    expect(host.info.user).toBe(sshd.user)
    await expect(ssh.connect(sshd.url, { ...login, auth: key })).rejects.toMatchObject({
      code: expect.stringMatching(/^NET_AUTH_(?:PARTIAL|NO_METHOD)$/),
    })
    expect(await ssh.methods(sshd.url, login)).toEqual([order.split(',')[0]])
  }
  await using sshd = await startedWithPam(context, ['AuthenticationMethods keyboard-interactive'])
  const login = { user: sshd.user, hostKeys: ssh.pinned(sshd.hostKey.fingerprint) }
  const asked: string[] = []
  const auth = ssh.keyboardInteractive(({ questions }) => {
    asked.push(...questions.map(({ text }) => text))
    return questions.map(() => 'open sesame')
  })
  await using host = await ssh.connect(sshd.url, { ...login, auth })
  expect([host.info.user, asked]).toEqual([sshd.user, ['Password: ']])
  await expect(ssh.connect(sshd.url, { ...login, password: 'wrong' })).rejects.toMatchObject({
    code: 'NET_AUTH_REJECTED',
  })
})

async function started(context: TestContext, settings: readonly string[] = []): Promise<Sshd> {
  return startSshd(requireDaemon(context, 'sshd'), settings)
}

/** PAM's service is the name by which sshd is started; its password is the one of the script. */
async function startedWithPam(context: TestContext, settings: readonly string[]): Promise<Sshd> {
  const folder = testFolder()
  const service = `netsshd-${process.pid}`
  const program = join(folder, service)
  const script = join(folder, 'check')
  symlinkSync(requireDaemon(context, 'sshd'), program)
  writeFileSync(script, '#!/bin/sh\nread -r given; [ "$given" = \'open sesame\' ]\n', {
    mode: 0o755,
  })
  const lines = [
    `auth required pam_exec.so expose_authtok quiet ${script}`,
    'account required pam_permit.so',
    'session required pam_permit.so',
  ]
  writeFileSync(`/etc/pam.d/${service}`, `${lines.join('\n')}\n`)
  context.onTestFinished(() => void execFileSync('rm', ['-f', `/etc/pam.d/${service}`]))
  const pam = [
    'UsePAM yes',
    'KbdInteractiveAuthentication yes',
    'PermitRootLogin yes',
    'MaxAuthTries 10',
  ]
  return startSshd(program, [...pam, ...settings])
}

function logIn(sshd: Sshd, auth: ssh.SshAuth | readonly ssh.SshAuth[]): Promise<ssh.SshClient> {
  const hostKeys = ssh.pinned(sshd.hostKey.fingerprint)
  return ssh.connect(sshd.url, { user: sshd.user, auth, hostKeys })
}

function allow({ folder }: Sshd, line: string): void {
  writeFileSync(join(folder, 'authorized_keys'), line)
}

function keygen(...args: readonly string[]): void {
  execFileSync('ssh-keygen', args, { stdio: 'pipe' })
}

interface Agent extends Disposable {
  readonly socket: string
  add(file: string): void
  forget(file: string): void
}

function startAgent(context: TestContext, folder: string): Agent {
  const program = requireDaemon(context, 'ssh-agent')
  const socket = join(folder, 'agent')
  const said = execFileSync(program, ['-a', socket, '-s'], { encoding: 'utf8' })
  const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(said) ?? []
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  const add = join(dirname(program), 'ssh-add')
  return {
    socket,
    add: (file) => void execFileSync(add, ['-q', file], { env }),
    forget: (file) => void execFileSync(add, ['-q', '-d', `${file}.pub`], { env }),
    [Symbol.dispose]: () => void process.kill(Number(pid)),
  }
}
