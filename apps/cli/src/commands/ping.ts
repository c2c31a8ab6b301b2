/* `net ping`: how long connecting takes, over the road that is asked for. */

import { connect } from '@net/socket'

import { sleep } from '@net/async'

import type { Call, CommandRun } from '../call.ts'
import { callOptions } from '../connect-options.ts'
import { exitCodeOf } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'
import { timeText } from '../output/units.ts'
import { Session } from '../session.ts'

/** Opens and closes connections, four by default; fails only if none could be opened. */
export const ping: CommandRun = async (call) => {
  const { options, signal, output } = call
  const { count = 4, interval = 1000 } = options
  const url = urlOf(call.args[0] ?? '')
  await using session = new Session(call)
  const road = await session.road()
  const times: number[] = []
  let failure: number | undefined
  for (let turn = 1; turn <= count; turn += 1) {
    if (turn > 1) await sleep(interval, { signal })
    try {
      times.push(await once(call, { url, turn, road }))
    } catch (error) {
      if (signal.aborted) throw error
      failure = exitCodeOf(error)
      await tellError(error, 'ping', output)
    }
  }
  await tellSum(call, { count, times })
  if (failure === undefined) return 0
  return times.length === 0 ? failure : 1
}

async function once(
  call: Call,
  { url, turn, road }: { readonly url: string; readonly turn: number; readonly road: object },
): Promise<number> {
  const started = performance.now()
  await using connection = await connect(url, { ...callOptions(call), retry: false, ...road })
  const time = performance.now() - started
  const address = connection.info.remote?.host
  await call.output.result(
    { type: 'connected', turn, milliseconds: time, ...(address === undefined ? {} : { address }) },
    `${turn}: ${address ?? url} in ${time.toFixed(1)} ms`,
  )
  return time
}

async function tellSum(
  { output }: Call,
  { count, times }: { readonly count: number; readonly times: readonly number[] },
): Promise<void> {
  const sorted = times.toSorted((a, b) => a - b)
  const [fastest, median, slowest] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map(
    (at) => sorted[at],
  )
  await output.event({ type: 'summary', count, connected: times.length, fastest, median, slowest })
  const shown = [fastest, median, slowest].map((time) =>
    time === undefined ? '-' : timeText(time),
  )
  output.note(
    `${times.length} of ${count} connected; fastest ${shown[0]}, median ${shown[1]}, slowest ${shown[2]}`,
  )
}

/** `host:port` is TCP; well-known schemes have their ports. */
function urlOf(given: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(given) ?? []
  if (scheme === undefined || rest === undefined) return `tcp://${given}`
  const port = PORTS[scheme.toLowerCase()]
  if (port === undefined) return given
  const host = rest.slice(rest.lastIndexOf('@') + 1)
  return `tcp://${/:\d+$/.test(host) ? host : `${host}:${port}`}`
}

const PORTS: Readonly<Record<string, number>> = {
  ftp: 21,
  ftps: 990,
  http: 80,
  https: 443,
  sftp: 22,
  smtp: 587,
  smtps: 465,
  ssh: 22,
}
