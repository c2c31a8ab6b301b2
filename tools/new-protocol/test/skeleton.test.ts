// Makes a package outside of the repository, where it is checked as every package is: formatted, compiled, mirrored, and
// its own tests run. The packages that it stands on are links to ours.
import { execFile } from 'node:child_process'
import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { compare } from '../../mirror/compare.ts'
import { root } from '../../workspace/packages.ts'
import { dependingOn, skeleton } from '../skeleton.ts'

const run = promisify(execFile)

test('a new package is formatted, compiles, has a test for each file, and does what every protocol does', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'net-new-protocol-'))
  const files = skeleton('gopher')
  for (const [path, text] of files) await write(join(folder.path, path), text)
  await link(folder.path)
  const inFolder = { cwd: folder.path }
  await run(bin('oxfmt'), [join(folder.path, 'packages')], inFolder)
  const checks = Promise.all([
    run(bin('tsc'), ['-p', 'tsconfig.json'], inFolder),
    run(bin('oxlint'), ['-c', join(root, '.oxlintrc.json'), 'packages'], inFolder),
    run(bin('vitest'), ['run', '--root', folder.path], inFolder),
  ]).catch((error: unknown) => {
    // What it printed says what is wrong.
    throw new Error(String(Reflect.get(error as object, 'stdout')), { cause: error })
  })
  expect(await checks).toHaveLength(3)
})

test('every file of a new package has its test', () => {
  const files = skeleton('gopher')
  const sources = new Map<string, string>()
  const tests: string[] = []
  for (const [path, text] of files) {
    if (path.startsWith('packages/gopher/src/')) sources.set(path.slice(20), text)
    if (path.startsWith('packages/gopher/test/')) tests.push(path.slice(21))
  }
  expect(compare(sources, tests)).toEqual([])
  expect(sources.size).toBeGreaterThan(4)
  const unnamed = [...files].filter(([path, text]) => /__name__/iu.test(path + text))
  expect(unnamed).toEqual([])
})

test('those that use every package depend on the new one, in order', () => {
  const manifest = JSON.stringify({
    name: 'x',
    dependencies: { '@net/core': 'workspace:*', '@net/ssh': 'workspace:*' },
  })
  expect(
    Object.keys(
      (JSON.parse(dependingOn(manifest, 'gopher')) as { dependencies: object }).dependencies,
    ),
  ).toEqual(['@net/core', '@net/gopher', '@net/ssh'])
})

test('a name that no scheme can have is refused', () => {
  for (const name of ['', 'POP3', 'my-protocol', '3pop', '../x']) {
    expect(() => skeleton(name)).toThrow(`"${name}" is no name such as pop3`)
  }
})

async function link(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@net'), { recursive: true })
  await mkdir(join(modules, '@types'))
  await mkdir(join(modules, '@tools'))
  await symlink(join(root, 'tools/canary'), join(modules, '@tools/canary'))
  for (const name of ['core', 'socket']) {
    await symlink(join(root, 'packages', name), join(modules, '@net', name))
  }
  await symlink(join(folder, 'packages/gopher'), join(modules, '@net/gopher'))
  await symlink(join(root, 'node_modules/@types/node'), join(modules, '@types/node'))
  for (const name of ['vitest', 'vite', 'typescript']) {
    await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  const options = { noEmit: true, skipLibCheck: true }
  for (const name of ['tsconfig.base.json', '.oxfmtrc.json']) {
    await symlink(join(root, name), join(folder, name))
  }
  const project = {
    extends: './tsconfig.base.json',
    compilerOptions: options,
    include: ['packages/*/src/**/*.ts'],
  }
  await write(join(folder, 'tsconfig.json'), JSON.stringify(project))
  const conditions = "['@net/source', 'module', 'node']"
  await write(
    join(folder, 'vitest.config.ts'),
    `export default { ssr: { resolve: { conditions: ${conditions} } }, test: { include: ['packages/*/test/**/*.test.ts'] } }\n`,
  )
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

function bin(name: string): string {
  return join(root, 'node_modules/.bin', name)
}
