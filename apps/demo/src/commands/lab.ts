/* `demo lab`: every embedded server and the dashboard, until Ctrl-C. */

import { attach } from '@net/dashboard'

import { startServers, type EmbeddedServers } from '../lab/embedded-servers.ts'
import { labCall } from '../lab/lab-call.ts'
import { labScenarios } from '../lab/lab-scenarios.ts'
import { labServers } from '../lab/lab-servers.ts'
import { drawTable } from '../table.ts'
import { readArguments, runCommand, UsageError, type CommandStreams } from './command.ts'

const USAGE = `demo lab [--port <port>] [--listen <address>] [--allow-host <name>] …
Starts a server of every protocol and the dashboard that shows them, until Ctrl-C.`

/** Runs the command; returns its exit code. */
export async function labCommand(
  args: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const read = readArguments(
    args,
    {
      port: { type: 'string' },
      listen: { type: 'string' },
      'allow-host': { type: 'string', multiple: true },
    },
    { messages: streams.messages, usage: USAGE },
  )
  if (read === undefined) return 2
  if (read.positionals.length > 0) {
    streams.messages.write(`${USAGE}\n`)
    return 2
  }
  const { port = '4983', listen, 'allow-host': allowHosts = [] } = read.values
  return runCommand(streams, async (signal) => {
    if (!/^\d{1,5}$/u.test(port)) throw new UsageError(`${port} is no port`)
    await using servers = await startServers()
    await using dashboard = await attach({
      title: 'the lab',
      port: Number(port),
      listen,
      allowHosts,
      operations: OPERATIONS,
      lines: 'always',
      lab: {
        servers: labServers(servers),
        scenarios: labScenarios(servers),
        call: labCall(servers),
      },
    })
    streams.out.write(`${textOf(servers, dashboard.url, listen)}\n`)
    await interrupted(signal)
    return 0
  })
}

function textOf(servers: EmbeddedServers, url: string, listen: string | undefined): string {
  const rows = labServers(servers).flatMap(({ name, url: at, login }) => {
    if (at === undefined) return []
    return [[name, at, login === undefined ? '' : `${login.user} / ${login.password}`]]
  })
  const opened =
    listen === undefined
      ? []
      : ['', `Listens on ${listen}: others can reach it; only the address above has the token.`]
  return [
    ...drawTable(['server', 'address', 'user / password'], rows),
    '',
    `Dashboard: ${url}`,
    ...opened,
    '',
    'Ctrl-C ends it.',
  ].join('\n')
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

const OPERATIONS = 100_000
