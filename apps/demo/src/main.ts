/* The demo: the tour, or the lab. Sets the exit code. */

import { writeFile } from 'node:fs/promises'

import { readArguments, type CommandStreams } from './commands/command.ts'
import { labCommand } from './commands/lab.ts'
import { JsonTeller } from './json-teller.ts'
import { drawPicture } from './picture.ts'
import { databaseThroughSsh } from './scenarios/database-through-ssh.ts'
import { filesMirror } from './scenarios/files-mirror.ts'
import { ftpUpload } from './scenarios/ftp-upload.ts'
import { httpGet } from './scenarios/http-get.ts'
import { httpMany } from './scenarios/http-many.ts'
import { httpPost } from './scenarios/http-post.ts'
import { httpThroughProxies } from './scenarios/http-through-proxies.ts'
import { httpThroughSsh } from './scenarios/http-through-ssh.ts'
import { httpWebSocket } from './scenarios/http-websocket.ts'
import { mailQueue } from './scenarios/mail-queue.ts'
import { sftpResume } from './scenarios/sftp-resume.ts'
import { smtpSend } from './scenarios/smtp-send.ts'
import { sshExec } from './scenarios/ssh-exec.ts'
import { tcpGreeting } from './scenarios/tcp-greeting.ts'
import { ScreenTeller } from './screen-teller.ts'
import { runTour } from './tour.ts'

const USAGE = `demo                     the tour: every scenario over loopback, as a story
  --wire                 with the lines that went over the wire
  --json                 one line of JSON for each scenario
  --picture <file>       and its calls drawn as an SVG
demo lab                 a server of every protocol, and a dashboard in the browser
Commands for servers of your own are those of "net": npx -y pnpm@12 net --help`

const SCENARIOS = [
  tcpGreeting,
  httpGet,
  httpPost,
  ftpUpload,
  smtpSend,
  sshExec,
  httpMany,
  httpThroughSsh,
  httpThroughProxies,
  filesMirror,
  sftpResume,
  httpWebSocket,
  mailQueue,
  databaseThroughSsh,
]

const COMMANDS: Readonly<
  Record<string, (args: readonly string[], streams: CommandStreams) => Promise<number>>
> = {
  lab: labCommand,
}

// A reader that leaves, such as `head`, ends the program without a word.
process.stdout.on('error', leave)
process.stderr.on('error', leave)

const [name, ...args] = process.argv.slice(2)
process.exitCode = await run()

async function run(): Promise<number> {
  const streams = { out: process.stdout, messages: process.stderr }
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name ?? ''] : undefined
  if (command !== undefined) return command(args, streams)
  if (name === undefined || name.startsWith('--')) return tour()
  process.stderr.write(`${USAGE}\n`)
  return name === 'help' ? 0 : 2
}

function leave(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  // Where it is stderr that has failed, this line goes nowhere.
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

async function tour(): Promise<number> {
  const read = readArguments(
    process.argv.slice(2),
    {
      wire: { type: 'boolean' },
      json: { type: 'boolean' },
      picture: { type: 'string' },
      help: { type: 'boolean' },
    },
    { messages: process.stderr, usage: USAGE },
  )
  if (read === undefined) return 2
  const { wire = false, json = false, picture, help = false } = read.values
  if (help || read.positionals.length > 0) {
    process.stderr.write(`${USAGE}\n`)
    return help ? 0 : 2
  }
  const teller = json ? new JsonTeller(process.stdout) : new ScreenTeller(process.stdout)
  const results = await runTour(SCENARIOS, teller, { wire })
  if (picture !== undefined) {
    const chapters = results.map(({ scenario, events }) => ({ title: scenario.title, events }))
    await writeFile(picture, drawPicture(chapters))
  }
  return results.every(({ error }) => error === undefined) ? 0 : 1
}
