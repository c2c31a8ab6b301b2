/* A server of one file that says once more of an earlier transfer that it is complete, behind the beginning of an upload, as pyftpdlib does. */

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A running server. */
export interface StrayServer extends AsyncDisposable {
  readonly url: string
  readonly received: readonly string[]
  /** What was uploaded last. */
  readonly stored: string
}

/** Answers everything but REST, which is left without an answer until the data connection ends. */
export async function startStrayServer(): Promise<StrayServer> {
  const server = new Stray()
  await server.begin()
  return server
}

class Stray implements StrayServer {
  readonly received: string[] = []
  stored = ''
  readonly #control: Server
  readonly #data: Server
  readonly #sockets = new Set<Socket>()
  #say: (line: string) => void = () => {}
  #transfer: Socket | undefined
  #isStray = false

  constructor() {
    this.#control = createServer((socket) => this.#greet(socket))
    this.#data = createServer((socket) => this.#take(socket))
  }

  get url(): string {
    return `ftp://joe:x@127.0.0.1:${portOf(this.#control)}`
  }

  async begin(): Promise<void> {
    for (const server of [this.#control, this.#data])
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve)
      })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#control.close()
    this.#data.close()
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    this.#say = (line) => void socket.write(`${line}\r\n`)
    this.#say('220 hello')
    let said = ''
    socket.on('data', (chunk: Buffer) => {
      const lines = `${said}${chunk.toString()}`.split('\r\n')
      said = lines.pop() ?? ''
      for (const line of lines) this.#hear(line)
    })
  }

  #hear(line: string): void {
    this.received.push(line)
    const [verb = ''] = line.split(' ')
    if (verb === 'STOR') this.#store()
    else this.#answer(verb)
  }

  #answer(verb: string): void {
    const reply = ANSWERS[verb]
    if (verb === 'EPSV') this.#say(`229 (|||${portOf(this.#data)}|)`)
    else if (verb !== 'REST') this.#say(reply ?? '500 what')
    else if (this.#isStray) this.#say('350 go on')
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket)
    this.#transfer = socket
    const chunks: Buffer[] = []
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('close', () => {
      if (this.#isStray) {
        this.stored = Buffer.concat(chunks).toString()
        this.#say('226 stored')
      } else {
        this.#isStray = true
        this.#say('350 go on')
      }
    })
  }

  #store(): void {
    // Both at once, before a byte of the file has come.
    this.#say('150 send it\r\n226 Transfer complete.')
    this.#transfer?.resume()
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

const ANSWERS: Readonly<Record<string, string>> = {
  USER: '331 and?',
  PASS: '230 in',
  TYPE: '200 fine',
  PWD: '257 "/"',
  QUIT: '221 bye',
}
