// `pnpm links`: every link of every document leads to a file, a folder or a heading of the repository. Links to other
// hosts are only read as addresses: the check needs no network.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { execFileSync } from 'node:child_process'
import { finish } from '../workspace/generated.ts'
import { root } from '../workspace/packages.ts'
import { anchorsOf, linksOf, type Link } from './links.ts'

const documents = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))

finish(
  documents.flatMap((path) =>
    linksOf(read(path)).flatMap((link) => {
      const complaint = check(path, link)
      return complaint === undefined ? [] : [`${path}:${link.line}: ${link.target} ${complaint}`]
    }),
  ),
)

function check(document: string, { target }: Link): string | undefined {
  if (/^[a-z][a-z+.-]*:/iu.test(target)) return URL.canParse(target) ? undefined : 'is no address'
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? document : relative(root, resolve(root, dirname(document), path))
  if (file.startsWith('..') || !existsSync(join(root, file))) return 'leads nowhere'
  if (anchor === undefined || !file.endsWith('.md')) return undefined
  return anchorsOf(read(file)).has(anchor) ? undefined : 'is no heading there'
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
