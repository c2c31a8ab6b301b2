/* A folder with files of ssh_config, keys and known_hosts. */

import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is removed when it is disposed. */
export interface ConfigFolder extends Disposable {
  readonly path: string
  /** Writes a file and gives its path. */
  write(name: string, ...lines: readonly string[]): string
}

export function configFolder(): ConfigFolder {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ssh-config-'))
  return {
    path: folder.path,
    write(name, ...lines) {
      const path = join(folder.path, name)
      writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
      return path
    },
    [Symbol.dispose]: () => folder.remove(),
  }
}
