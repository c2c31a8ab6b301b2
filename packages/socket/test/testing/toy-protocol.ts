// A protocol of three commands for tests of what all protocols have in common: WHO user password, ONE, and ALL, whose
// answer ends with a dot.
import type { CallOptions, NetError } from '@net/core'
import { defineErrorTable, netError, optionsDoor } from '@net/core/authoring'
import { listen, type Dialer } from '@net/socket'
import {
  logInOver,
  openCommands,
  passwordLogin,
  planOpening,
  sessionConnectTable,
  TextLines,
  type CommandClient,
  type SessionConnectOptions,
  type StartRules,
} from '@net/socket/authoring'
import type { CheckedLogin, ProtocolUnderTest } from '@net/socket/testing'

const urls = {
  protocol: 'toy',
  errors: defineErrorTable([]),
  schemes: ['toy'],
  defaultPort: { toy: 1 },
} as const

export const toyRules: StartRules<string> = {
  replies: () => new TextLines({ begins: '+-' }),
  place: { ...urls, what: 'the connection' },
  show: (line) => line,
  greeted: () => {},
}

export class ToyClient implements AsyncDisposable {
  readonly #client: CommandClient<string>

  constructor(client: CommandClient<string>) {
    this.#client = client
  }

  get closed(): Promise<NetError | undefined> {
    return this.#client.closed
  }

  async one(options?: CallOptions): Promise<string> {
    const verb = { operation: 'one', kind: 'command', idempotent: true } as const
    return this.#client.call(verb, options, (commands) => commands.ask('ONE'))
  }

  async *all(options?: CallOptions): AsyncGenerator<string> {
    const verb = { operation: 'all', kind: 'exchange', idempotent: true } as const
    yield* await this.#client.call(verb, options, (commands) =>
      commands.askMany('ALL', (line) => line !== '.'),
    )
  }

  close({ grace }: { readonly grace?: number } = {}): Promise<void> {
    return this.#client.close(grace, 'BYE')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

export async function connectToy(
  url: string,
  options: SessionConnectOptions,
  rules: StartRules<string> = toyRules,
): Promise<ToyClient> {
  const taken = connectDoor(options)
  const plan = planOpening(url, taken, urls)
  const login = passwordLogin(plan, taken)
  const client = await openCommands(plan, taken, {
    ...rules,
    enter: (op, commands) =>
      logInOver(op, commands, login, async (user, password) => {
        const reply = await commands.ask(`WHO ${user} ${password}`)
        if (reply !== '+ok') throw netError('NET_AUTH_REJECTED', { message: 'no' })
      }),
  })
  return new ToyClient(client)
}

/** A server whose client may log in as `login`; without one nobody needs to. */
export async function startToy(login?: CheckedLogin, dialer?: Dialer) {
  const right = login && `WHO ${login.user} ${login.password}`
  const answers: Readonly<Record<string, string>> = { ONE: '+1', ALL: '+1\r\n+2\r\n.', BYE: '+bye' }
  const server = await listen(
    'tcp://127.0.0.1:0',
    async (connection) => {
      await connection.write('+hello\r\n')
      for await (const line of connection.lines()) {
        await connection.write(`${line === right ? '+ok' : (answers[line] ?? '-what?')}\r\n`)
      }
    },
    { onError: () => {}, ...(dialer === undefined ? {} : { dialer }) },
  )
  return {
    url: `toy://127.0.0.1:${server.address.port}`,
    [Symbol.asyncDispose]: () => server.close({ grace: 0 }),
  }
}

/** The protocol as `checkProtocol` takes it. */
export const toy: ProtocolUnderTest<ToyClient> &
  Required<Pick<ProtocolUnderTest<ToyClient>, 'iterate'>> = {
  serve: (login) => startToy(login),
  connect: connectToy,
  ask: (client, options) => client.one(options),
  iterate: (client, options) => client.all(options),
}

const connectDoor = optionsDoor({ protocol: 'toy', call: 'connect' }, sessionConnectTable)
