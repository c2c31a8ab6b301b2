/*
 * The server's half of SOCKS 5 (RFC 1928, with the passwords of RFC 1929), 4 and 4a: reads what a client asks for, and
 * writes the answer. It knows CONNECT and no other command, and does not connect by itself.
 */

import type { Connection } from '../connection.ts'

/** What a client asks for. */
export interface SocksRequest {
  readonly host: string
  readonly port: number
  /** Who asks, where the client said so. */
  readonly user: string | undefined
}

/** What becomes of a request: a connection, or none, or the code that is to be sent. */
export type SocksOutcome = 'open' | 'forbidden' | 'refused' | 'unreachable' | number

/** One client of a SOCKS server. */
export class SocksServerHalf {
  readonly #users: Readonly<Record<string, string>> | undefined
  #version = 5

  /** `users` has the passwords; without it clients need no login. */
  constructor(users?: Readonly<Record<string, string>>) {
    this.#users = users
  }

  /** Reads the request; undefined if the client was refused, after the refusal was sent. */
  async read(connection: Connection): Promise<SocksRequest | undefined> {
    const [version = 0] = await connection.readExactly(1)
    this.#version = version
    if (version === 4) return this.#readVersion4(connection)
    return version === 5 ? this.#readVersion5(connection) : undefined
  }

  /** The answer that says what became of it. */
  answer(outcome: SocksOutcome): Uint8Array {
    const isVersion5 = this.#version === 5
    const codes = isVersion5 ? CODES_5 : CODES_4
    const code = typeof outcome === 'number' ? outcome : codes[outcome]
    const nowhere = [0, 0, 0, 0, 0, 0]
    return Uint8Array.from(isVersion5 ? [5, code, 0, ADDRESS_4, ...nowhere] : [0, code, ...nowhere])
  }

  async #readVersion4(connection: Connection): Promise<SocksRequest | undefined> {
    const head = await connection.readExactly(7)
    const address = [...head.subarray(3)]
    const user = await textUntilZero(connection)
    const named = address.slice(0, 3).every((byte) => byte === 0) && address[3] !== 0
    const host = named ? await textUntilZero(connection) : address.join('.')
    if (head[0] !== CONNECT || (this.#users !== undefined && !Object.hasOwn(this.#users, user))) {
      await connection.write(this.answer(NOT_THIS_USER))
      return undefined
    }
    return { host, port: portOf(head.subarray(1, 3)), user: user === '' ? undefined : user }
  }

  async #readVersion5(connection: Connection): Promise<SocksRequest | undefined> {
    const [count = 0] = await connection.readExactly(1)
    const methods = await connection.readExactly(count)
    const method = this.#users === undefined ? NO_LOGIN : PASSWORD
    if (!methods.includes(method)) {
      await connection.write(Uint8Array.of(5, NONE_FITS))
      return undefined
    }
    await connection.write(Uint8Array.of(5, method))
    const user = method === PASSWORD ? await this.#logIn(connection) : ''
    if (user === undefined) return undefined
    const [, command] = await connection.readExactly(3)
    const host = await hostOf(connection)
    const port = portOf(await connection.readExactly(2))
    if (command === CONNECT) return { host, port, user: user === '' ? undefined : user }
    await connection.write(this.answer(NOT_THIS_COMMAND))
    return undefined
  }

  /** The user; undefined if the password is wrong, after the refusal was sent. */
  async #logIn(connection: Connection): Promise<string | undefined> {
    await connection.readExactly(1)
    const user = Buffer.from(await counted(connection)).toString()
    const password = Buffer.from(await counted(connection)).toString()
    const users = this.#users ?? {}
    const known = Object.hasOwn(users, user) && users[user] === password
    await connection.write(Uint8Array.of(1, known ? 0 : 1))
    return known ? user : undefined
  }
}

async function hostOf(connection: Connection): Promise<string> {
  const [kind] = await connection.readExactly(1)
  if (kind === NAME) return Buffer.from(await counted(connection)).toString()
  if (kind === ADDRESS_4) return [...(await connection.readExactly(4))].join('.')
  const bytes = Buffer.from(await connection.readExactly(16))
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

async function counted(connection: Connection): Promise<Uint8Array> {
  const [size = 0] = await connection.readExactly(1)
  return connection.readExactly(size)
}

async function textUntilZero(connection: Connection): Promise<string> {
  const bytes = await connection.readUntil(ZERO, { limit: 512 })
  return Buffer.from(bytes ?? ZERO).toString('utf8', 0, (bytes ?? ZERO).length - 1)
}

function portOf([high = 0, low = 0]: Uint8Array): number {
  return high * 256 + low
}

const CODES_5 = { open: 0, forbidden: 2, unreachable: 4, refused: 5 } as const
const CODES_4 = { open: 90, forbidden: 91, unreachable: 91, refused: 91 } as const
const NOT_THIS_USER = 93
const NOT_THIS_COMMAND = 7
const CONNECT = 1
const NO_LOGIN = 0
const PASSWORD = 2
const NONE_FITS = 0xff
const ADDRESS_4 = 1
const NAME = 3
const ZERO: Uint8Array = Uint8Array.of(0)
