// A program in a process of its own, for tests of what happens to whole processes. It is awaited by what it prints.
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { spawnProcess, type ProcessEnd } from '@net/async'

/** A program that runs; disposing it ends it. */
export interface Program extends AsyncDisposable {
  readonly ended: Promise<ProcessEnd>
  /** What it has printed as errors so far. */
  readonly stderr: string
  /** The next line that it prints. */
  line(): Promise<string>
  /** The next piece that it prints as an error. */
  errorPrinted(): Promise<unknown>
  /** Nobody reads any more what it prints as errors. */
  deafen(): void
  kill(signal: NodeJS.Signals): void
  /** Lets it read a line. */
  say(text: string): void
}

/** Starts the source text as an ES module that sees this package. */
export async function startProgram(source: string): Promise<Program> {
  const args = ['--conditions=@net/source', '--input-type=module', '--eval', source]
  const child = await spawnProcess(process.execPath, args, { cwd: import.meta.dirname })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return {
    ended: Promise.all([child.ended, once(child.stderr, 'close')]).then(([end]) => end),
    get stderr() {
      return stderr
    },
    async line() {
      const next = await lines.next()
      return next.done === true ? `(it ended: ${stderr})` : next.value
    },
    errorPrinted: () => once(child.stderr, 'data'),
    deafen: () => void child.stderr.destroy(),
    kill: (signal) => void child.kill(signal),
    say: (text) => void child.stdin.write(`${text}\n`),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
