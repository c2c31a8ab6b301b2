/* An HTTP proxy that offers ways to log in, keeps or closes the connection behind its refusal, and says what it heard. */

import { createHash } from 'node:crypto'

import { listen, type Connection } from '@net/socket'

/** What it is like. Its only user is `ada` with the password `lovelace`. */
export interface Script {
  /** The values of `Proxy-Authenticate`. */
  readonly offers: readonly string[]
  /** Whether the connection goes on behind a refusal. */
  readonly keeps: boolean
  /** How many bytes the body of a refusal has. Default 5. */
  readonly size?: number
}

/** The proxy that runs. */
export interface ScriptedProxy extends AsyncDisposable {
  /** With the user and the password. */
  readonly url: string
  /** The logins of each connection, in order: `Basic`, `Digest` with its count, or `none`. */
  readonly logins: readonly (readonly string[])[]
}

/** Starts it. A tunnel leads to a greeting. */
export async function scriptedProxy(script: Script): Promise<ScriptedProxy> {
  const logins: string[][] = []
  const server = await listen('tcp://127.0.0.1:0', async (connection) => {
    const own: string[] = []
    logins.push(own)
    for (;;) {
      const login = await loginOf(connection)
      if (login === undefined) return
      own.push(nameOf(login))
      if (isGood(login, script.offers)) {
        await connection.write('HTTP/1.1 200 OK\r\n\r\nhello\n')
        await connection.readLine()
        return
      }
      await connection.write(refusal(script))
      if (!script.keeps) return
    }
  })
  return {
    url: `http://ada:lovelace@127.0.0.1:${server.address.port}`,
    logins,
    [Symbol.asyncDispose]: () => server.close(),
  }
}

async function loginOf(connection: Connection): Promise<string | undefined> {
  let login = ''
  for await (const line of connection.lines()) {
    if (line === '') return login
    if (line.startsWith('Proxy-Authorization: ')) login = line.slice(21)
  }
  return undefined
}

function nameOf(login: string): string {
  if (login === '') return 'none'
  const [, count] = /nc=0*(\d+)/.exec(login) ?? []
  return login.startsWith('Digest') ? `Digest ${count}` : 'Basic'
}

function isGood(login: string, offers: readonly string[]): boolean {
  const offered = (scheme: string): boolean => offers.some((offer) => offer.includes(scheme))
  if (login.startsWith('Basic ') && offered('Basic') && !offered('Digest'))
    return login.endsWith(Buffer.from('ada:lovelace').toString('base64'))
  if (!login.startsWith('Digest ') || !offered('Digest')) return false
  const field = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(login)?.[1] ?? ''
  const inner = md5(`ada:${field('realm')}:lovelace`)
  const asked = md5(`CONNECT:${field('uri')}`)
  const between = [field('nonce'), field('nc'), field('cnonce'), field('qop')].join(':')
  return field('response') === md5(`${inner}:${between}:${asked}`)
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function refusal({ offers, keeps, size = 5 }: Script): string {
  const head = [
    'HTTP/1.1 407 Who are you',
    ...offers.map((offer) => `Proxy-Authenticate: ${offer}`),
    `Content-Length: ${size}`,
    `Connection: ${keeps ? 'keep-alive' : 'close'}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${'x'.repeat(size)}`
}
