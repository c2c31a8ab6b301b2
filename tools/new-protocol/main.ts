// `pnpm new-protocol <name>`: makes a package for a protocol, which passes every check as it is. Its words are placeholders:
// a login, a list and a goodbye, to be replaced by those of the protocol. CONTRIBUTING.md says how.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../workspace/packages.ts'
import { dependingOn, skeleton, user } from './skeleton.ts'

const [name = ''] = process.argv.slice(2)
const files = filesOf(name)
for (const [path, text] of files) write(path, text)
write(user, dependingOn(readFileSync(join(root, user), 'utf8'), name))
run('oxfmt', ...files.keys(), user)
run('pnpm', 'install', '--no-frozen-lockfile', '--prefer-offline')
run('node', 'tools/api/main.ts')
console.log(`packages/${name} is there. Next:
- its words: src/client.ts, src/errors.ts and src/testing/${name}-server.ts, and the tests of each
- its example: packages/${name}/README.md, test/package/programs/${name}.ts and test/package/programs/servers/${name}.ts
- a row in the table of packages of README.md, and its name in the drawing of ARCHITECTURE.md
CONTRIBUTING.md has the steps and the minutes, under "A package in an hour".`)

function filesOf(protocol: string): ReadonlyMap<string, string> {
  try {
    const made = skeleton(protocol)
    // A branch that had it leaves what git ignores.
    if (!existsSync(join(root, 'packages', protocol, 'package.json'))) return made
    throw new Error(`packages/${protocol} is there already`)
  } catch (error) {
    console.error((error as Error).message)
    return process.exit(1)
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function run(program: string, ...args: readonly string[]): void {
  console.log(`${program} ${args[0] ?? ''}`)
  execFileSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}
