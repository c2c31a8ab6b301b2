/* The demo: without arguments the tour, else a command against servers of the user's. Sets the exit code. */

import { getCommand } from './commands/get.ts'
import { httpGet } from './scenarios/http-get.ts'
import { httpMany } from './scenarios/http-many.ts'
import { httpPost } from './scenarios/http-post.ts'
import { tcpGreeting } from './scenarios/tcp-greeting.ts'
import { runTour } from './tour.ts'

const USAGE = `demo                        the tour: every scenario over loopback
demo get <url> [-o <file>]  fetches a document; -o saves it, with progress`

const [command, ...args] = process.argv.slice(2)
process.exitCode = await run(command, args)

async function run(name: string | undefined, rest: readonly string[]): Promise<number> {
  switch (name) {
    case undefined:
      return (await runTour([tcpGreeting, httpGet, httpPost, httpMany], process.stdout)) ? 0 : 1
    case 'get':
      return getCommand(rest, { out: process.stdout, messages: process.stderr })
    default:
      process.stderr.write(`${USAGE}\n`)
      return name === 'help' || name === '--help' ? 0 : 2
  }
}
