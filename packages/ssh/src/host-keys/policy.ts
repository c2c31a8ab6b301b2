/*
 * Whether a server is the one that was meant: the policies for host keys. A policy is asked before anything of a
 * login is sent, and a key is remembered only after the server has proved that it owns it.
 */

import { inCall, netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { SshHostKeyError } from '../errors.ts'
import { describeKey, type HostKey } from './host-key.ts'
import { addKnownHost, defaultFiles, userFile, type KnownHost } from './known-hosts-file.ts'
import { hasKey, knownKeys, readAll, trustIn, unknown } from './known-trust.ts'
import type { HostKeySubject } from './subject.ts'

/** Decides about host keys. */
export interface HostKeyPolicy {
  /** What it is, such as `knownHosts`. */
  readonly name: string
  /** Learns what is known of a host, before the server is asked for its key. */
  open(subject: HostKeySubject): Promise<HostKeyCheck>
}

/** What a policy makes of one connection. */
export interface HostKeyCheck {
  /** The algorithms of the keys that are known, which the server is asked for first. */
  readonly types: readonly string[]
  /**
   * Whether a key that is refused as changed may only be one of another type: the server is then asked for its other
   * keys, one connection for each type. Default false.
   */
  readonly anyType?: boolean | undefined
  /**
   * Whether an authority is known for the host: its certificate is then asked for before its keys, and `check` gets the key
   * with its `certificate`. Default false.
   */
  readonly authority?: boolean | undefined
  /** Throws a HostKeyError unless the key is to be trusted. */
  check(key: HostKey): HostKeyVerdict | Promise<HostKeyVerdict>
}

/** Why a key is trusted. */
export interface HostKeyVerdict {
  /** What the log should say about it. */
  readonly warning?: string | undefined
  /** Called once the server has proved that it owns the key. */
  remember?: (() => Promise<void>) | undefined
  /** What is done with further keys that the server says it has, once the login has succeeded. */
  readonly learn?: HostKeyLearning | undefined
}

/** What a policy does with the keys of a server that it trusts already (`hostkeys-00@openssh.com`). */
export interface HostKeyLearning {
  /** Whether nothing new is in this key: then the server is not asked to prove it. */
  knows(key: HostKey): boolean
  /** Called with keys that the server has proved to be its own. */
  add(keys: readonly HostKey[]): Promise<void>
}

/** Options of `knownHosts`. */
export interface KnownHostsOptions {
  /** Paths of the files; default those of OpenSSH: `known_hosts` and `known_hosts2` in `~/.ssh`, `ssh_known_hosts` in `/etc/ssh`. */
  readonly files?: readonly string[] | undefined
}

/** Options of `acceptNew`. */
export interface AcceptNewOptions {
  /** The file that is read and added to; default `~/.ssh/known_hosts`, with the other files of OpenSSH read as well. */
  readonly file?: string | undefined
  /** Further files that are read. Default none with `file`, else the other files of OpenSSH. */
  readonly files?: readonly string[] | undefined
}

/**
 * Trusts the keys that the known_hosts files name, and certificates of hosts by the authorities that they name, and no
 * others: the default. Unknown, changed and revoked keys are refused; `@revoked` wins over every other line, and
 * `@cert-authority` never stands for a plain key.
 */
export function knownHosts(options?: KnownHostsOptions): HostKeyPolicy {
  const { files } = knownHostsOptions(options)
  return {
    name: 'knownHosts',
    async open(subject) {
      const known = await readAll(files ?? defaultFiles(), subject)
      return {
        ...knownKeys(known, subject),
        check(key) {
          if (trustIn(key, known, subject) !== undefined) return {}
          throw unknown(key, known, subject)
        },
      }
    },
  }
}

/**
 * Like `knownHosts`, but a host of which no key is known is trusted the first time, and its key is added to the file. Of
 * several connections that learn different keys at once, in one process or more, the first one holds. Further keys that
 * such a host proves to be its own are added as well, so that it can change to them. Connecting rejects with
 * `NET_BAD_OPTION` without `file` if the user has no home folder.
 */
export function acceptNew(options?: AcceptNewOptions): HostKeyPolicy {
  const { file, files: further } = acceptNewOptions(options)
  return {
    name: 'acceptNew',
    async open(subject) {
      const target = file ?? userFile()
      const files =
        file === undefined ? [...defaultFiles(), ...(further ?? [])] : [file, ...(further ?? [])]
      const known = await readAll(files, subject)
      const learn: HostKeyLearning = {
        knows: (key) => hasKey(known, key),
        async add(keys) {
          for (const key of keys) {
            const isNew = async (): Promise<boolean> =>
              isFurther(key, await readAll(files, subject))
            await addKnownHost(target, { ...subject, key }, isNew)
          }
        },
      }
      return {
        ...knownKeys(known, subject),
        check(key) {
          const trust = trustIn(key, known, subject)
          // Who trusts an authority learns no keys.
          if (trust !== undefined) return trust === 'key' ? { learn } : {}
          // Another call or process may have learnt a key since.
          const isNew = async (): Promise<boolean> =>
            trustIn(key, await readAll(files, subject), subject) === undefined
          return {
            warning: `the host key of ${subject.name} is new and is trusted from here on: ${describeKey(key)}`,
            remember: () => addKnownHost(target, { ...subject, key }, isNew),
            learn,
          }
        },
      }
    },
  }
}

/** Whether the key is neither known for the host nor revoked. */
function isFurther(key: HostKey, known: readonly KnownHost[]): boolean {
  const isRevoked = known.some(
    ({ marker, blob }) => marker === 'revoked' && Buffer.from(blob).equals(key.blob),
  )
  return !isRevoked && !hasKey(known, key)
}

/**
 * Trusts the key with this fingerprint, or one of these, and no other: `SHA256:…`, or with the type of the key in front,
 * `ssh-ed25519 SHA256:…`. A server with several keys is asked for the type of the pin; without a type, for each that it
 * has, by further connections. Throws `NET_BAD_OPTION`.
 */
export function pinned(fingerprint: string | readonly string[]): HostKeyPolicy {
  const pins = inCall({ protocol: 'ssh', call: 'pinned' }, () => pinsOf(fingerprint))
  const types = pins.flatMap(({ type }) => (type === undefined ? [] : [type]))
  return {
    name: 'pinned',
    async open({ name }) {
      return {
        types,
        anyType: types.length < pins.length,
        check(key) {
          if (pins.some((pin) => isPinned(pin, key))) return {}
          throw notPinned(name, key, pins)
        },
      }
    },
  }
}

/** Trusts whatever key the server shows: anybody on the road can then be the server, and read the password. */
export function dangerouslyAcceptAnyHostKey(): HostKeyPolicy {
  return {
    name: 'dangerouslyAcceptAnyHostKey',
    async open({ name }) {
      return {
        types: [],
        check: (key) => ({
          warning: `the host key of ${name} was not checked: ${describeKey(key)}`,
        }),
      }
    },
  }
}

interface Pin {
  readonly type: string | undefined
  readonly fingerprint: string
}

function isPinned(pin: Pin, key: HostKey): boolean {
  return pin.fingerprint === key.fingerprint && (pin.type ?? key.type) === key.type
}

function notPinned(name: string, key: HostKey, pins: readonly Pin[]): Error {
  const list = pins.map(
    ({ type, fingerprint }) => `${type === undefined ? '' : `${type} `}${fingerprint}`,
  )
  const known = pins.map(({ fingerprint }) => fingerprint)
  const message = `the host key of ${name} is not the pinned one: the server showed ${describeKey(key)}, pinned is ${list.join(' or ')}`
  // A key of a type that is not pinned does not say that the pinned key has changed.
  const isOther = pins.every(({ type }) => type !== undefined && type !== key.type)
  return new SshHostKeyError(
    isOther ? 'NET_HOSTKEY_UNKNOWN' : 'NET_HOSTKEY_CHANGED',
    { message },
    { fingerprint: key.fingerprint, known },
  )
}

function pinsOf(given: unknown): readonly Pin[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length === 0) throw badPin()
  return list.map(checkedPin)
}

function checkedPin(pin: unknown): Pin {
  const [, type, fingerprint] = PIN.exec(typeof pin === 'string' ? pin.trim() : '') ?? []
  if (fingerprint === undefined) throw badPin()
  return { type, fingerprint }
}

function badPin(): Error {
  return netError('NET_BAD_OPTION', {
    message:
      'a pin is the fingerprint of a host key as ssh-keygen -l prints it, SHA256:…, or its type and fingerprint',
  })
}

const knownHostsOptions: OptionsDoor<KnownHostsOptions> = optionsDoor<KnownHostsOptions>(
  { protocol: 'ssh', call: 'knownHosts' },
  { files: option.list(option.text) },
  { file: "files: ['…']", path: "files: ['…']" },
)
const acceptNewOptions: OptionsDoor<AcceptNewOptions> = optionsDoor<AcceptNewOptions>(
  { protocol: 'ssh', call: 'acceptNew' },
  { file: option.text, files: option.list(option.text) },
  { path: "file: '…'" },
)
const PIN = /^(?:([a-z][a-z0-9@.-]*) )?(SHA256:[A-Za-z0-9+/]{43})=?$/
