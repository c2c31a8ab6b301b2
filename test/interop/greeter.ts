// A daemon that speaks first (SSH, FTP), on a free loopback port: its first words tell that it is this one and not
// another program that took the port in between.
import { connect } from 'node:net'
import { basename } from 'node:path'

import { freePort, startChild, temporaryFolder } from './child.ts'
import { killDescendants, killTree } from './process-tree.ts'

/** How one is started. */
export interface GreeterRecipe {
  /** The absolute path of the program. */
  readonly program: string
  /** Writes the configuration into the folder and gives the arguments; the daemon must say `word` first. */
  configure(place: {
    readonly folder: string
    readonly port: number
    readonly word: string
  }): readonly string[]
}

/** One that runs. Disposing ends it with its connections, and removes its folder. */
export interface Greeter extends AsyncDisposable {
  readonly port: number
  readonly folder: string
  /** Kills the processes that serve its connections; it goes on. */
  killConnections(): void
  /** Kills it and its connections. */
  kill(): void
}

/** Starts one; on another port if somebody else took the first. */
export async function startGreeter(recipe: GreeterRecipe): Promise<Greeter> {
  const failures: unknown[] = []
  while (failures.length < ATTEMPTS) {
    try {
      return await startOnce(recipe)
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, `${recipe.program} did not start`)
}

async function startOnce({ program, configure }: GreeterRecipe): Promise<Greeter> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('greeter')).path
  const port = await freePort()
  const word = basename(folder)
  const args = configure({ folder, port, word })
  const child = stack.use(await startChild(program, args, [{ host: '127.0.0.1', port }]))
  // Before the daemon itself, whose connections would be lost then.
  stack.defer(() => killDescendants(child.pid))
  const greeting = await firstWords(port)
  if (!greeting.includes(word)) throw new Error(`another answered at port ${port}: ${greeting}`)
  const rest = stack.move()
  return {
    port,
    folder,
    killConnections: () => killDescendants(child.pid),
    kill: () => killTree(child.pid),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

async function firstWords(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  for await (const text of socket as AsyncIterable<string>) return text
  return ''
}

const ATTEMPTS = 3
