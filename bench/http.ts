/*
 * Small JSON documents over HTTP, 50 at once: ours beside undici's own interfaces, the platform's fetch and node:http, got,
 * axios and ky, and clients of Python; ours with repeats, limits and a middleware beside undici, and with cookies and the cache as
 * well. Each client has a process of its own, and the rounds alternate. The server is an nginx. `node bench/http.ts plain equipped
 * full` runs these parts; all of them by default.
 */

import { startNginx } from './http-nginx.ts'
import { clientProcess } from './http-process.ts'
import { pythonPeer } from './http-python.ts'
import { compare, type Contender } from './pairs.ts'

const REQUESTS = 5_000
/** For those that take ten times as long. */
const FEWER = 1_000
const AT_ONCE = 50

const wanted = process.argv.slice(2)
using nginx = await startNginx(0)
const { origin } = nginx

await part('plain', async (processes) => {
  const others: Contender[] = []
  for (const name of ['undici dispatch', 'undici request', 'fetch', 'node:http'])
    others.push(await own(processes, name))
  for (const name of ['got', 'axios', 'ky']) others.push(await own(processes, name, FEWER))
  for (const name of ['requests', 'aiohttp', 'httpx']) {
    const round = { url: `${origin}/posts/1`, requests: FEWER, atOnce: AT_ONCE }
    const peer = await pythonPeer(name, round)
    if (peer === undefined) console.log(`${name} is not installed`)
    else others.push(processes.use(peer))
  }
  await compare(`JSON GETs, ${AT_ONCE} at once`, 'a second', await own(processes, 'net'), others)
})
await part('equipped', async (processes) => {
  await compare(
    `JSON GETs with repeats, limits and a middleware, ${AT_ONCE} at once`,
    'a second',
    await own(processes, 'equipped'),
    [await own(processes, 'undici request')],
  )
})
await part('full', async (processes) => {
  await compare(
    `JSON GETs with cookies, a look into the cache, repeats, limits and a middleware, ${AT_ONCE} at once`,
    'a second',
    await own(processes, 'full'),
    [await own(processes, 'undici request, uncached')],
  )
})

async function part(
  name: string,
  measured: (processes: DisposableStack) => Promise<void>,
): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return
  using processes = new DisposableStack()
  await measured(processes)
}

async function own(
  processes: DisposableStack,
  name: string,
  requests = REQUESTS,
): Promise<Contender> {
  return processes.use(await clientProcess(name, { origin, requests, atOnce: AT_ONCE }))
}
