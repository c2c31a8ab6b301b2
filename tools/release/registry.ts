// A registry on loopback that forgets everything when it closes, for the rehearsal of a release. It has only what is
// published to it; what packages depend on comes from wherever npm is set to take it from.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A registry that runs. */
export interface Registry extends AsyncDisposable {
  readonly url: string
  /** What a folder's `.npmrc` must say for `scope` to be taken from here and published here. */
  npmrc(scope: string): string
}

/** Starts one that keeps its packages in `folder`; installs the program at the first use. */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder)
  execFileSync('pnpm', ['install', '--frozen-lockfile'], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const server = await load().runServer(configuration(folder))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}/`,
    // Anybody may publish; npm and pnpm only insist on some token.
    npmrc: (scope) => `${scope}:registry=http://${host}/\n//${host}/:_authToken=rehearsal\n`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Verdaccio {
  runServer(configuration: Readonly<Record<string, unknown>>): Promise<Server>
}

function load(): Verdaccio {
  return createRequire(import.meta.url)('verdaccio') as Verdaccio
}

function configuration(folder: string): Readonly<Record<string, unknown>> {
  return {
    self_path: folder,
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: {},
    packages: { '**': { access: '$all', publish: '$all', unpublish: '$all' } },
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  }
}
