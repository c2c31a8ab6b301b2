/*
 * The server's side of one control connection as a codec: a command goes in, what is to be done comes out (RFC 959,
 * 2228, 2389, 2428, 3659, 4217). It knows no socket.
 */

import { extendedAddress, portAddress } from './active-address.ts'
import { asLines, asText } from './ascii-text.ts'
import { HASHES, hashReply, setTime, site } from './attribute-commands.ts'
import { featuresOf } from './features-text.ts'
import type { Reaction } from './reaction.ts'
import type { SessionConfig } from './session-config.ts'
import { NotAFile, refusal } from './refusals.ts'
import { UserTree } from './user-tree.ts'
import { dosLine, factsLine, peopleLine, timeText } from './listing-text.ts'

/** One session. */
export class ControlSession {
  /** Whether data connections speak TLS. */
  protectsData: boolean = false
  readonly #config: SessionConfig
  readonly #tree: UserTree
  #encrypted: boolean
  #user = ''
  #in = false
  #restart = 0
  #ascii = false
  #hash = 'SHA-256'
  #unique = 0
  #refused = 0
  #wanted: readonly string[] | undefined
  #renaming: string | undefined

  constructor(config: SessionConfig, encrypted: boolean) {
    this.#config = config
    this.#tree = new UserTree(config)
    this.#encrypted = encrypted
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
    if (this.#isHeld(verb)) return reply('501 Bad sequence of commands')
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
    OPTS: (what) => this.#option(what),
    TYPE: (type) => this.#type(type),
    ACCT: () => reply(this.#in ? '202 Not needed.' : '503 Say USER and PASS first.'),
    HOST: (name) => reply(name === '' ? '501 A name, please.' : '220 Host accepted.'),
    CLNT: () => reply('200 Noted.'),
    STAT: () => reply('211-Status:\r\n All is well.\r\n211 End'),
    HELP: () => reply('214 Ask a person.'),
    ALLO: (size) => this.#allocate(size),
    MODE: (mode) => reply(mode === 'S' ? '200 Mode is S.' : '504 No such mode.'),
    STRU: (structure) =>
      reply(structure === 'F' ? '200 Structure is F.' : '504 No such structure.'),
    AUTH: (mechanism) => this.#auth(mechanism),
    PBSZ: () => reply(this.#encrypted ? '200 PBSZ=0' : '503 Say AUTH TLS first.'),
    PROT: (level) => this.#protect(level),
    PWD: () => reply(`257 "${this.#tree.folder.replaceAll('"', '""')}" is the current folder.`),
    CWD: (path) => this.#enter(path),
    CDUP: () => this.#enter('..'),
    MKD: (path) => this.#make(path),
    RMD: (path) => this.#remove(path, 'folder'),
    DELE: (path) => this.#remove(path, 'file'),
    RNFR: (path) => this.#renameFrom(path),
    RNTO: (path) => this.#renameTo(path),
    SIZE: (path) => reply(`213 ${this.#file(path).size}`),
    MDTM: (path) => reply(`213 ${timeText(this.#file(path).modified)}`),
    MFMT: (argument) =>
      this.#changing(argument.slice(argument.indexOf(' ') + 1), () =>
        setTime(this.#config.files, argument, (path) => this.#tree.path(path)),
      ),
    SITE: (argument) => reply(site(this.#config.files, argument, (path) => this.#tree.path(path))),
    HASH: (path) => this.#hashed(path),
    XSHA256: (path) => this.#hashedBy('sha256', path),
    XMD5: (path) => this.#hashedBy('md5', path),
    PORT: (address) => this.#connectTo('PORT', address),
    EPRT: (address) => this.#connectTo('EPRT', address),
    STOU: () => this.#storeUnique(),
    PASV: () => ({ kind: 'passive', extended: false }),
    EPSV: (family) =>
      family === 'ALL' ? reply('200 EPSV it is.') : { kind: 'passive', extended: true },
    LIST: (argument) => this.#list(argument.replace(/^(-\w+ ?)+/, ''), /^-\w*a/.test(argument)),
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
    this.#tree.user = name
    this.#in = false
    return reply('331 Please tell the password.')
  }

  #login(password: string): Reaction {
    const { users } = this.#config
    this.#in =
      users === undefined
        ? this.#user === 'anonymous' || this.#user === 'ftp'
        : Object.hasOwn(users, this.#user) && users[this.#user] === password
    if (this.#in) return reply('230 Logged in.')
    return ++this.#refused > MOST_LOGINS
      ? { kind: 'reply', text: '421 Too many wrong passwords.', close: true }
      : reply('530 Login incorrect.')
  }

  #features(): string {
    const all = featuresOf(this.#config.tls, this.#hash)
    const there = all.filter((feature) => !this.#lacks(feature.split(' ', 1)[0] ?? ''))
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
    if (this.#config.files.stat(this.#tree.path(path)).type !== 'folder')
      return reply('550 Not a directory.')
    this.#tree.enter(path)
    return reply('250 Folder changed.')
  }

  #make(path: string): Reaction {
    const target = this.#tree.path(path)
    this.#tree.need(path, 'add')
    this.#config.files.mkdir(target)
    return reply(`257 "${target.replaceAll('"', '""')}" created.`)
  }

  #remove(path: string, type: 'file' | 'folder'): Reaction {
    const target = this.#tree.path(path)
    const found = this.#config.files.stat(target).type
    if (found !== type)
      return reply(`550 ${type === 'file' ? 'Is a directory' : 'Not a directory'}.`)
    return this.#changing(path, () => {
      this.#config.files.remove(target)
      return '250 Removed.'
    })
  }

  #renameFrom(path: string): Reaction {
    const from = this.#tree.path(path)
    this.#config.files.stat(from)
    this.#renaming = from
    return reply('350 And its other name?')
  }

  #isHeld(verb: string): boolean {
    return this.#config.holdsRename === true && this.#renaming !== undefined && !BESIDE.has(verb)
  }

  #renameTo(path: string): Reaction {
    const from = this.#renaming
    this.#renaming = undefined
    if (from === undefined) return reply('503 Say RNFR first.')
    const { files, keepsOnRename = false } = this.#config
    const target = this.#tree.path(path)
    if (keepsOnRename && files.exists(target)) return reply('550 File exists.')
    return this.#changing(path, () => {
      files.rename(from, target, { replace: true })
      return '250 Renamed.'
    })
  }

  #restartAt(offset: string): Reaction {
    if (!/^\d{1,15}$/.test(offset)) return reply('501 A number of bytes, please.')
    this.#restart = Number(offset)
    return reply(`350 Restarting at ${offset}.`)
  }

  #list(path: string, all: boolean): Reaction {
    const { files, hidesDots = false, listing } = this.#config
    const target = this.#tree.reading(path)
    const found = files.stat(target)
    if (found.type === 'file')
      return this.#data(this.#lines([peopleLine({ ...found, name: path })]))
    const shown = files
      .list(target)
      .filter(({ name }) => all || !hidesDots || !name.startsWith('.'))
    const itself = all && hidesDots ? ['.', '..'].map((name) => ({ ...found, name })) : []
    const line = listing === 'dos' ? dosLine : peopleLine
    return this.#data(this.#lines([...itself, ...shown].map(line)))
  }

  #listNames(path: string): Reaction {
    return this.#data(
      this.#lines(this.#config.files.list(this.#tree.reading(path)).map(({ name }) => name)),
    )
  }

  #listFacts(path: string): Reaction {
    const target = this.#tree.reading(path)
    if (this.#config.files.stat(target).type !== 'folder') return reply('501 Not a directory.')
    return this.#data(
      this.#lines(
        this.#config.files.list(target).map((entry) => factsLine(entry, entry.name, this.#wanted)),
      ),
    )
  }

  #facts(path: string): Reaction {
    const target = this.#tree.path(path)
    const line = factsLine(this.#config.files.stat(target), target, this.#wanted)
    return reply(`250-Facts:\r\n ${line}\r\n250 End`)
  }

  #retrieve(path: string): Reaction {
    this.#file(path)
    const { files } = this.#config
    return this.#data(files.read(this.#tree.reading(path), { start: this.#takeRestart() }))
  }

  #store(path: string, at: number, began?: string): Reaction {
    const { files, cutsAtRestart = false } = this.#config
    const target = this.#tree.path(path)
    const isThere = files.exists(target)
    if (isThere && files.stat(target).type === 'folder') return reply('553 Is a directory.')
    if (!files.exists(`${target}/..`)) return reply('553 Could not create file.')
    this.#tree.need(path, isThere ? 'all' : 'add')
    return this.#withData({
      kind: 'receive',
      ...(began === undefined ? {} : { began }),
      store: (received) => {
        const bytes = this.#ascii ? asText(received) : received
        const before = isThere ? files.stat(target).size : 0
        const size = at === 0 ? bytes.length : Math.max(before, at + bytes.length)
        if (this.#tree.used - before + size > (this.#config.quota ?? Infinity)) return FULL
        const head = cutsAtRestart && at > 0 ? files.read(target, { end: at }) : undefined
        if (head !== undefined) files.write(target, head)
        files.write(target, bytes, at === 0 ? {} : { at })
        return '226 Transfer complete.'
      },
    })
  }

  #storeUnique(): Reaction {
    const { files } = this.#config
    let name: string
    do name = `unique.${++this.#unique}`
    while (files.exists(this.#tree.path(name)))
    return this.#store(name, 0, `150 FILE: ${name}`)
  }

  #allocate(size: string): Reaction {
    const wanted = Number.parseInt(size, 10)
    if (Number.isNaN(wanted)) return reply('501 A number of bytes, please.')
    return reply(
      this.#tree.used + wanted > (this.#config.quota ?? Infinity) ? FULL : '200 There is room.',
    )
  }

  #option(what: string): Reaction {
    const [, name = ''] = /^HASH (\S+)$/i.exec(what) ?? []
    if (HASHES.has(name.toUpperCase())) {
      this.#hash = name.toUpperCase()
      return reply(`200 ${this.#hash}`)
    }
    const [, facts] = /^MLST ?(.*)$/i.exec(what) ?? []
    if (facts !== undefined) this.#wanted = facts.toLowerCase().split(';')
    return reply(/^(UTF8|MLST)\b/i.test(what) ? '200 Fine.' : '501 No such option.')
  }

  #type(type: string): Reaction {
    if (!/^[AIL]/i.test(type)) return reply('504 No such type.')
    this.#ascii = /^A/i.test(type)
    return reply(`200 Type is ${type}.`)
  }

  #hashed(path: string): Reaction {
    const name = this.#hash
    const algorithm = HASHES.get(name) ?? 'sha256'
    return this.#hashedBy(algorithm, path, (hex, size) => `213 ${name} 0-${size} ${hex} ${path}`)
  }

  #hashedBy(
    algorithm: string,
    path: string,
    shape = (hex: string, _size: number): string => `250 ${hex.toUpperCase()}`,
  ): Reaction {
    this.#file(path)
    this.#tree.reading(path)
    const { files } = this.#config
    return reply(hashReply(algorithm, shape)(files, path, (each) => this.#tree.path(each)))
  }

  #connectTo(verb: string, argument: string): Reaction {
    const address = verb === 'PORT' ? portAddress(argument) : extendedAddress(argument)
    if (address === undefined) return reply(`501 ${verb} needs an address and a port.`)
    return { kind: 'active', ...address, text: `200 ${verb} accepted.` }
  }

  /** The reply of a change, if that is allowed. */
  #changing(path: string, change: () => string): Reaction {
    this.#tree.need(path, 'all')
    return reply(change())
  }

  /** Where the next byte of a file would be. */
  #end(path: string): number {
    const target = this.#tree.path(path)
    return this.#config.files.exists(target) ? this.#config.files.stat(target).size : 0
  }

  #data(bytes: Uint8Array): Reaction {
    return this.#withData({ kind: 'send', bytes: this.#ascii ? asLines(bytes) : bytes })
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
    const found = this.#config.files.stat(this.#tree.path(path))
    if (found.type === 'file') return found
    throw new NotAFile()
  }
}

function reply(text: string): Reaction {
  return { kind: 'reply', text }
}

const MOST_LOGINS = 5
const FULL = '552 There is no room for that.'

const USING_RESTART: ReadonlySet<string> = new Set(['RETR', 'STOR', 'APPE'])

/** What may stand between RNFR and RNTO where the server holds the one for the other. */
const BESIDE: ReadonlySet<string> = new Set(['RNTO', 'NOOP', 'QUIT'])

const BEFORE_LOGIN: ReadonlySet<string> = new Set(
  'USER PASS QUIT NOOP SYST FEAT OPTS AUTH PBSZ PROT ACCT HOST CLNT'.split(' '),
)
