// A daemon as a child process: started in a folder of its own, awaited by connecting to it, stopped by its pid.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A daemon that runs. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** Ends with SIGTERM, and waits for it. */
  stop(): Promise<void>
}

/** A folder of its own that other users may enter. */
export function temporaryFolder(name: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), `net-${name}-`))
  chmodSync(path, 0o755)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts a program that stays in the foreground, and waits until it takes connections at all these places. */
export async function startChild(
  program: string,
  args: readonly string[],
  places: readonly NetConnectOpts[],
): Promise<Child> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const collect = (chunk: Buffer): void => {
    printed = `${printed}${chunk.toString()}`.slice(-PRINTED)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const stop = (): Promise<void> => end(child)
  try {
    for (const place of places) await taken(place, child)
  } catch (error) {
    await stop()
    throw new Error(`${program} does not run; it said: ${printed}`, { cause: error })
  }
  return { pid: child.pid ?? 0, stop, [Symbol.asyncDispose]: stop }
}

async function taken(place: NetConnectOpts, child: ChildProcess): Promise<void> {
  const started = performance.now()
  while (!(await connects(place))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if (performance.now() - started > PATIENCE) throw new Error('it took no connection')
    // Nothing tells when a daemon listens; between two attempts it has the processor to itself.
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}

function connects(place: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(place)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

const PATIENCE = 30_000
const PRINTED = 10_000
