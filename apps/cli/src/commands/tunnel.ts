/* `net tunnel`: forwards ports over SSH until it is ended. */

import type { SshTunnel } from '@net/ssh'

import type { CommandRun } from '../call.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'

/** Prints where each one listens; ends with the connection, or when it is interrupted. */
export const tunnel: CommandRun = async (call) => {
  const { local = [], remote = [], dynamic = [] } = call.options
  if (local.length + remote.length + dynamic.length === 0) {
    throw new UsageError('give what to forward: -L, -R or -D')
  }
  await using session = new Session(call)
  const client = await session.ssh(call.args[0] ?? '')
  const { signal } = call
  for (const each of local) {
    const [at, target] = sidesOf(each)
    await tell(call, 'local', { target, tunnel: await client.forwardLocal(at, target, { signal }) })
  }
  for (const each of remote) {
    const [at, target] = sidesOf(each)
    await tell(call, 'remote', {
      target,
      tunnel: await client.forwardRemote(at, target, { signal }),
    })
  }
  for (const at of dynamic) {
    await tell(call, 'dynamic', { tunnel: await client.forwardDynamic(placeOf(at), { signal }) })
  }
  const lost = await Promise.race([client.closed, aborted(signal)])
  if (lost !== undefined) throw lost
  return 0
}

async function tell(
  { output }: Parameters<CommandRun>[0],
  kind: string,
  { target, tunnel }: { readonly target?: string; readonly tunnel: SshTunnel },
): Promise<void> {
  // What a dynamic forward speaks is SOCKS.
  const url = kind === 'dynamic' ? tunnel.url.replace(/^tcp:/, 'socks5:') : tunnel.url
  const line = target === undefined ? url : `${url} → ${target}`
  await output.result(
    { type: 'tunnel', kind, url, ...(target === undefined ? {} : { target }) },
    line,
  )
}

/** `8080=db.internal:5432`, `127.0.0.1:8080=…`, or as ssh has it, `8080:db.internal:5432`. */
function sidesOf(given: string): readonly [string, string] {
  const [at, target] = given.split('=')
  if (at !== undefined && target !== undefined) return [placeOf(at), target]
  const [, port, address] = /^(\d+):([^:]+:\d+)$/.exec(given) ?? []
  if (port !== undefined && address !== undefined) return [placeOf(port), address]
  throw new UsageError(`${given} is no tunnel: give 8080=host:5432`)
}

/** A port alone is on this machine alone. */
function placeOf(at: string): string {
  return /^\d+$/.test(at) ? `127.0.0.1:${at}` : at
}

function aborted(signal: AbortSignal): Promise<Error> {
  return new Promise((resolve) => {
    const tell = (): void => resolve(signal.reason as Error)
    if (signal.aborted) tell()
    else signal.addEventListener('abort', tell, { once: true })
  })
}
