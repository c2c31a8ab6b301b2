/*
 * The server's side of one control connection as a codec: a command goes in, what is to be done comes out (RFC 959,
 * 2228, 2389, 2428, 3659, 4217). It knows no socket.
 */

import { isNetError } from '@net/core'
import type { MemoryFiles } from '@net/core/testing'

import { factsLine, peopleLine, timeText } from './listing-text.ts'

/** What the server is to do. */
export type Reaction =
  | { readonly kind: 'reply'; readonly text: string; readonly close?: boolean }
  /** Answer, then speak TLS. */
  | { readonly kind: 'tls'; readonly text: string }
  /** Wait for a data connection and tell where. */
  | { readonly kind: 'passive'; readonly extended: boolean }
  /** Send this over the data connection. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Take everything from the data connection; `store` gives the last reply. */
  | { readonly kind: 'receive'; readonly store: (bytes: Uint8Array) => string }
  /** End the transfer that is running. */
  | { readonly kind: 'abort' }

/** What a session serves, and to whom. */
export interface SessionConfig {
  readonly files: MemoryFiles
  /** How names are written in bytes. */
  readonly encoding: 'utf8' | 'latin1'
  /** Passwords by user. Default: only `anonymous` and `ftp` may log in, with any password. */
  readonly users?: Readonly<Record<string, string>> | undefined
  /** Commands that this server does not know. */
  readonly without?: readonly string[] | undefined
  /** Whether TLS is there. */
  readonly tls: boolean
  /** Refuses a login, and data, that TLS does not protect. */
  readonly requireTls?: boolean | undefined
  /** Forgets the offset of REST when the next command is not the transfer. */
  readonly forgetsRestart?: boolean | undefined
}

/** One session. */
export class ControlSession {
  /** Whether data connections speak TLS. */
  protectsData: boolean
  readonly #config: SessionConfig
  #encrypted: boolean
  #user = ''
  #in = false
  #folder = '/'
  #restart = 0
  #renaming: string | undefined

  constructor(config: SessionConfig, encrypted: boolean) {
    this.#config = config
    this.#encrypted = encrypted
    this.protectsData = false
  }

  /** The handshake is done. */
  secured(): void {
    this.#encrypted = true
  }

  /** What a command line asks for. */
  handle(line: string): Reaction {
    const space = line.indexOf(' ')
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase()
    const argument = space < 0 ? '' : line.slice(space + 1)
    const command = this.#commands[verb]
    if (command === undefined || this.#config.without?.includes(verb) === true) {
      return reply(`502 ${verb} is not implemented.`)
    }
    if (!this.#in && !BEFORE_LOGIN.has(verb)) return reply('530 Please log in with USER and PASS.')
    if (this.#config.forgetsRestart === true && !USING_RESTART.has(verb)) this.#restart = 0
    try {
      return command(argument)
    } catch (error) {
      return reply(refusal(error))
    }
  }

  readonly #commands: Readonly<Record<string, (argument: string) => Reaction>> = {
    __proto__: null as never,
    USER: (name) => this.#userNamed(name),
    PASS: (password) => this.#login(password),
    QUIT: () => ({ kind: 'reply', text: '221 Goodbye.', close: true }),
    NOOP: () => reply('200 Nothing done.'),
    SYST: () => reply('215 UNIX Type: L8'),
    FEAT: () => reply(this.#features()),
    OPTS: (what) => reply(/^(UTF8|MLST)\b/i.test(what) ? '200 Fine.' : '501 No such option.'),
    TYPE: (type) => reply(/^[AIL]/i.test(type) ? `200 Type is ${type}.` : '504 No such type.'),
    MODE: (mode) => reply(mode === 'S' ? '200 Mode is S.' : '504 No such mode.'),
    STRU: (structure) =>
      reply(structure === 'F' ? '200 Structure is F.' : '504 No such structure.'),
    AUTH: (mechanism) => this.#auth(mechanism),
    PBSZ: () => reply(this.#encrypted ? '200 PBSZ=0' : '503 Say AUTH TLS first.'),
    PROT: (level) => this.#protect(level),
    PWD: () => reply(`257 "${this.#folder.replaceAll('"', '""')}" is the current folder.`),
    CWD: (path) => this.#enter(path),
    CDUP: () => this.#enter('..'),
    MKD: (path) => this.#make(path),
    RMD: (path) => this.#remove(path, 'folder'),
    DELE: (path) => this.#remove(path, 'file'),
    RNFR: (path) => this.#renameFrom(path),
    RNTO: (path) => this.#renameTo(path),
    SIZE: (path) => reply(`213 ${this.#file(path).size}`),
    MDTM: (path) => reply(`213 ${timeText(this.#file(path).modified)}`),
    PASV: () => ({ kind: 'passive', extended: false }),
    EPSV: (family) =>
      family === 'ALL' ? reply('200 EPSV it is.') : { kind: 'passive', extended: true },
    LIST: (argument) => this.#list(argument.replace(/^(-\w+ ?)+/, '')),
    NLST: (argument) => this.#listNames(argument.replace(/^(-\w+ ?)+/, '')),
    MLSD: (path) => this.#listFacts(path),
    MLST: (path) => this.#facts(path),
    RETR: (path) => this.#retrieve(path),
    STOR: (path) => this.#store(path, this.#takeRestart()),
    APPE: (path) => this.#store(path, this.#end(path)),
    REST: (offset) => this.#restartAt(offset),
    ABOR: () => ({ kind: 'abort' }),
  }

  #userNamed(name: string): Reaction {
    if (this.#config.requireTls === true && !this.#encrypted) {
      return reply('530 Sessions must use encryption.')
    }
    this.#user = name
    this.#in = false
    return reply('331 Please tell the password.')
  }

  #login(password: string): Reaction {
    const { users } = this.#config
    this.#in =
      users === undefined
        ? this.#user === 'anonymous' || this.#user === 'ftp'
        : Object.hasOwn(users, this.#user) && users[this.#user] === password
    return reply(this.#in ? '230 Logged in.' : '530 Login incorrect.')
  }

  #features(): string {
    const known = [
      'EPSV',
      'PASV',
      'SIZE',
      'MDTM',
      'REST STREAM',
      'UTF8',
      'MLST type*;size*;modify*;UNIX.mode*;',
    ]
    if (this.#config.tls) known.push('AUTH TLS', 'PBSZ', 'PROT')
    const there = known.filter((feature) => !this.#lacks(feature.split(' ', 1)[0] ?? ''))
    return ['211-Features:', ...there.map((feature) => ` ${feature}`), '211 End'].join('\r\n')
  }

  #lacks(verb: string): boolean {
    return this.#config.without?.includes(verb) === true
  }

  #auth(mechanism: string): Reaction {
    if (!this.#config.tls) return reply('502 TLS is not configured.')
    if (!/^TLS(-C)?$/i.test(mechanism)) return reply('504 Only TLS.')
    if (this.#encrypted) return reply('503 TLS is on already.')
    return { kind: 'tls', text: '234 Go on with TLS.' }
  }

  #protect(level: string): Reaction {
    if (!this.#encrypted) return reply('503 Say AUTH TLS first.')
    if (level !== 'P' && level !== 'C') return reply('536 Only C and P.')
    if (level === 'C' && this.#config.requireTls === true)
      return reply('534 Data must be protected.')
    this.protectsData = level === 'P'
    return reply(`200 Protection is ${level}.`)
  }

  #enter(path: string): Reaction {
    const target = this.#path(path)
    if (this.#config.files.stat(target).type !== 'folder') return reply('550 Not a directory.')
    this.#folder = target
    return reply('250 Folder changed.')
  }

  #make(path: string): Reaction {
    const target = this.#path(path)
    this.#config.files.mkdir(target)
    return reply(`257 "${target.replaceAll('"', '""')}" created.`)
  }

  #remove(path: string, type: 'file' | 'folder'): Reaction {
    const target = this.#path(path)
    const found = this.#config.files.stat(target).type
    if (found !== type)
      return reply(`550 ${type === 'file' ? 'Is a directory' : 'Not a directory'}.`)
    this.#config.files.remove(target)
    return reply('250 Removed.')
  }

  #renameFrom(path: string): Reaction {
    this.#renaming = this.#path(path)
    this.#config.files.stat(this.#renaming)
    return reply('350 And its other name?')
  }

  #renameTo(path: string): Reaction {
    const from = this.#renaming
    this.#renaming = undefined
    if (from === undefined) return reply('503 Say RNFR first.')
    this.#config.files.rename(from, this.#path(path), { replace: true })
    return reply('250 Renamed.')
  }

  #restartAt(offset: string): Reaction {
    if (!/^\d{1,15}$/.test(offset)) return reply('501 A number of bytes, please.')
    this.#restart = Number(offset)
    return reply(`350 Restarting at ${offset}.`)
  }

  #list(path: string): Reaction {
    const found = this.#config.files.stat(this.#path(path))
    const entries =
      found.type === 'file' ? [{ ...found, name: path }] : this.#config.files.list(this.#path(path))
    return this.#data(this.#lines(entries.map(peopleLine)))
  }

  #listNames(path: string): Reaction {
    return this.#data(
      this.#lines(this.#config.files.list(this.#path(path)).map(({ name }) => name)),
    )
  }

  #listFacts(path: string): Reaction {
    const target = this.#path(path)
    if (this.#config.files.stat(target).type !== 'folder') return reply('501 Not a directory.')
    return this.#data(
      this.#lines(this.#config.files.list(target).map((entry) => factsLine(entry, entry.name))),
    )
  }

  #facts(path: string): Reaction {
    const target = this.#path(path)
    const line = factsLine(this.#config.files.stat(target), target)
    return reply(`250-Facts:\r\n ${line}\r\n250 End`)
  }

  #retrieve(path: string): Reaction {
    this.#file(path)
    return this.#data(this.#config.files.read(this.#path(path), { start: this.#takeRestart() }))
  }

  #store(path: string, at: number): Reaction {
    const { files } = this.#config
    const target = this.#path(path)
    if (files.exists(target) && files.stat(target).type === 'folder')
      return reply('553 Is a directory.')
    if (!files.exists(`${target}/..`)) return reply('553 Could not create file.')
    return this.#withData({
      kind: 'receive',
      store: (bytes) => {
        files.write(target, bytes, at === 0 ? {} : { at })
        return '226 Transfer complete.'
      },
    })
  }

  /** Where the next byte of a file would be. */
  #end(path: string): number {
    const target = this.#path(path)
    return this.#config.files.exists(target) ? this.#config.files.stat(target).size : 0
  }

  #data(bytes: Uint8Array): Reaction {
    return this.#withData({ kind: 'send', bytes })
  }

  #withData(step: Reaction): Reaction {
    if (this.#config.requireTls !== true || this.protectsData) return step
    return reply('522 Data must be protected.')
  }

  #lines(texts: readonly string[]): Uint8Array {
    return Buffer.from(texts.map((text) => `${text}\r\n`).join(''), this.#config.encoding)
  }

  #takeRestart(): number {
    const at = this.#restart
    this.#restart = 0
    return at
  }

  #file(path: string): { readonly size: number; readonly modified: number } {
    const found = this.#config.files.stat(this.#path(path))
    if (found.type === 'file') return found
    throw new NotAFile()
  }

  /** The path from the root, with `.` and `..` resolved, which never leads above it. */
  #path(path: string): string {
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${this.#folder}/${path}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }
}

class NotAFile extends Error {}

function reply(text: string): Reaction {
  return { kind: 'reply', text }
}

function refusal(error: unknown): string {
  if (error instanceof NotAFile) return '550 Not a regular file.'
  if (!isNetError(error)) throw error
  return REFUSALS[error.code] ?? `550 ${error.message}`
}

const REFUSALS: Readonly<Record<string, string>> = {
  NET_NOT_FOUND: '550 No such file or directory.',
  NET_EXISTS: '550 File exists.',
  NET_NOT_EMPTY: '550 Directory not empty.',
}

const USING_RESTART: ReadonlySet<string> = new Set(['RETR', 'STOR', 'APPE'])

const BEFORE_LOGIN: ReadonlySet<string> = new Set([
  'USER',
  'PASS',
  'QUIT',
  'NOOP',
  'SYST',
  'FEAT',
  'OPTS',
  'AUTH',
  'PBSZ',
  'PROT',
])
