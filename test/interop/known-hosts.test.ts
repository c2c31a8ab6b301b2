// known_hosts as OpenSSH's client reads it: the same file, the same server, the same verdict.
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { isNetError } from '@net/core'
import * as ssh from '@net/ssh'
import { createSshKey, startSshServer, type SshServer } from '@net/ssh/testing'

import { requireDaemon } from './daemon.ts'
import { openSshOptions } from './openssh.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

const login = createSshKey()
const hostKey = createSshKey()
const second = ecdsaKey()
const [ED, EC, OTHER, OTHER_EC] = [
  hostKey.publicKey,
  second.publicKey,
  createSshKey().publicKey,
  ecdsaKey().publicKey,
]

/** Files for a host whose name with its port is `host`. */
const cases: Readonly<Record<string, (host: string) => string>> = {
  'nothing known': () => '',
  'its key': (host) => `${host} ${ED}\n`,
  'its key of another type': (host) => `${host} ${EC}\n`,
  'another key': (host) => `${host} ${OTHER}\n`,
  'another key of another type': (host) => `${host} ${OTHER_EC}\n`,
  'another key and its own': (host) => `${host} ${OTHER}\n${host} ${ED}\n`,
  'another key, and its own of another type': (host) => `${host} ${OTHER}\n${host} ${EC}\n`,
  'a hashed name': (host) => `${hashed(host)} ${ED}\n`,
  'a hashed name of another host': () => `${hashed('[127.0.0.1]:1')} ${ED}\n`,
  'a hashed name with a second one': (host) => `${hashed(host)},a ${ED}\n`,
  'the name without its port': () => `127.0.0.1 ${ED}\n`,
  'the hashed name without its port': () => `${hashed('127.0.0.1')} ${ED}\n`,
  'another key without its port': () => `127.0.0.1 ${OTHER}\n`,
  'its key without, another with the port': (host) => `127.0.0.1 ${ED}\n${host} ${OTHER}\n`,
  'its key with, another without the port': (host) => `127.0.0.1 ${OTHER}\n${host} ${ED}\n`,
  'another port': () => `[127.0.0.1]:1 ${ED}\n`,
  'a pattern': () => `[127.0.0.*]:* ${ED}\n`,
  'a pattern for all': () => `* ${ED}\n`,
  'a question mark': () => `[127.0.0.?]:* ${ED}\n`,
  'a pattern without a port': () => `127.* ${ED}\n`,
  'a negation': (host) => `[127.*]:*,!${host} ${ED}\n`,
  'a negation in front': (host) => `!${host},[127.*]:* ${ED}\n`,
  'a negation alone': (host) => `!${host} ${ED}\n`,
  'a negation of another host': (host) => `!a,${host} ${ED}\n`,
  'a list': (host) => `a,${host},b ${ED}\n`,
  'a list with a blank': (host) => `a, ${host} ${ED}\n`,
  revoked: (host) => `@revoked ${host} ${ED}\n`,
  'known and revoked': (host) => `${host} ${ED}\n@revoked ${host} ${ED}\n`,
  'revoked by a pattern': (host) => `${host} ${ED}\n@revoked * ${ED}\n`,
  'another key revoked': (host) => `${host} ${ED}\n@revoked ${host} ${OTHER}\n`,
  'its other key revoked': (host) => `${host} ${ED}\n@revoked * ${EC}\n`,
  'the key of one type known, of the other revoked': (host) => `${host} ${EC}\n@revoked * ${ED}\n`,
  'an authority': (host) => `@cert-authority ${host} ${OTHER}\n`,
  'an authority that is its key': (host) => `@cert-authority ${host} ${ED}\n`,
  'an authority and its key': (host) => `@cert-authority * ${OTHER}\n${host} ${ED}\n`,
  'an unknown marker': (host) => `@other ${host} ${ED}\n`,
  'two markers': (host) => `@revoked @revoked ${host} ${ED}\n${host} ${ED}\n`,
  'a comment behind': (host) => `${host} ${ED} as it was told\n`,
  'a line that is a comment': (host) => `#${host} ${ED}\n`,
  'blanks in front': (host) => `  ${host} ${ED}\n`,
  tabs: (host) => `${host}\t${ED.replace(' ', '\t')}\n`,
  'ends of Windows': (host) => `${host} ${ED}\r\n`,
  'no end': (host) => `${host} ${ED}`,
  'a type that is not its own': (host) => `${host} ${ED.replace('ssh-ed25519', 'ssh-rsa')}\n`,
  'a key that is cut off': (host) => `${host} ${ED.slice(0, 32)}\n`,
  'a line of the first protocol': (host) => `${host} 2048 65537 12345\n`,
  'a line of nothing in front': (host) => `nothing at all\n${host} ${ED}\n`,
}

test.for(Object.keys(cases))('[H-SSH-02] %s is to us what it is to ssh', async (name, { skip }) => {
  const program = requireDaemon({ skip }, 'ssh')
  const users = { ada: { keys: [login.publicKey] } }
  const moreHostKeys = [second.privateKey]
  await using server = await startSshServer({ users, hostKey, moreHostKeys, exec: { true: '' } })
  const folder = testFolder()
  const file = join(folder, 'known_hosts')
  writeFileSync(file, cases[name]?.(`[127.0.0.1]:${server.address.port}`) ?? '')
  const { port } = server.address
  const options = openSshOptions(folder, {
    port,
    user: 'ada',
    key: login.privateKey,
    knownHosts: file,
  })
  const theirs = await runProgram(program, [...options, '127.0.0.1', 'true'])
  expect(await ourVerdict(server, file)).toBe(verdictOf(theirs))
})

test('scan sees the keys that ssh-keyscan sees', async ({ skip }) => {
  const program = requireDaemon({ skip }, 'ssh-keyscan')
  await using server = await startSshServer({ hostKey, moreHostKeys: [second.privateKey] })
  const { host, port } = server.address
  const { stdout } = await runProgram(program, ['-p', String(port), host])
  const theirs = stdout.split('\n').flatMap((line) => line.split(' ').slice(1, 3).join(' ') || [])
  const ours = (await ssh.scan(server.url)).map(
    ({ type, blob }) => `${type} ${Buffer.from(blob).toString('base64')}`,
  )
  expect(ours.toSorted()).toEqual(theirs.toSorted())
  expect(ours).toHaveLength(2)
})

async function ourVerdict(server: SshServer, file: string): Promise<string> {
  try {
    await using host = await ssh.connect(server.url, {
      user: 'ada',
      auth: ssh.key(login.privateKey),
      hostKeys: ssh.knownHosts({ files: [file] }),
    })
    return `trusted as ${host.info.user}`
  } catch (error) {
    return isNetError(error) ? error.code : String(error)
  }
}

function verdictOf({ status, stderr }: { status: number | null; stderr: string }): string {
  if (status === 0) return 'trusted as ada'
  if (/revoked/iu.test(stderr)) return 'NET_HOSTKEY_REVOKED'
  if (stderr.includes('IDENTIFICATION HAS CHANGED')) return 'NET_HOSTKEY_CHANGED'
  return stderr.includes('host key is known for') ? 'NET_HOSTKEY_UNKNOWN' : stderr
}

function hashed(name: string): string {
  const salt = randomBytes(20)
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `|1|${salt.toString('base64')}|${hash}`
}

function ecdsaKey(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { x = '', y = '' } = privateKey.export({ format: 'jwk' })
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ])
  const type = 'ecdsa-sha2-nistp256'
  const blob = Buffer.concat([type, 'nistp256', point].map((each) => field(Buffer.from(each))))
  return {
    privateKey: String(privateKey.export({ type: 'sec1', format: 'pem' })),
    publicKey: `${type} ${blob.toString('base64')}`,
  }
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
