/*
 * The pages of the site: every document of the repository under the route that its file has there. Links between
 * documents become links between pages; a link to a file that is no document keeps its words only. A fence of `bars`
 * (`name | figure | note` in each line) becomes a picture, and so does the table of ratios of the benchmarks.
 */

import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'

import { root } from '../workspace/packages.ts'
import { drawBars, type Bar, type Bars } from './bars.ts'

/** A page, by where it stands in the site. */
export interface Page {
  readonly routePath: string
  readonly content: string
  /** Its file, from the root of the repository. */
  readonly file: string
  readonly title: string
}

const DOCUMENTS = [
  'docs/*.md',
  'docs/{guide,peers,decisions}/*.md',
  'packages/*/README.md',
  'apps/*/README.md',
  'etc/*.md',
  'bench/README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'SUPPORT.md',
]

/** Writes them into a folder of its own, from which the site is built, and says which there are. */
export function assemble(folder: string): readonly Page[] {
  rmSync(folder, { recursive: true, force: true })
  const all = pages()
  const pictures = join(folder, 'public')
  mkdirSync(pictures, { recursive: true })
  for (const page of all) {
    const path = join(folder, `${page.routePath === '/' ? '/index' : page.routePath}.md`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, withPictures(page, pictures))
  }
  for (const picture of globSync('docs/*.svg', { cwd: root })) {
    cpSync(join(root, picture), join(pictures, basename(picture)))
  }
  return all
}

export function pages(): readonly Page[] {
  const files = DOCUMENTS.flatMap((pattern) => globSync(pattern, { cwd: root })).toSorted()
  const routes = new Map(files.map((file) => [file, routeOf(file)]))
  return files.map((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const title = /^# (.+)$/mu.exec(text)?.[1] ?? file
    const routePath = routeOf(file)
    return {
      file,
      routePath,
      title: title.replaceAll('`', ''),
      content: linked(text, file, routes),
    }
  })
}

/** `docs/guide/http.md` is `/guide/http`, `packages/http/README.md` is `/packages/http`. */
function routeOf(file: string): string {
  const path = file
    .replace(/^docs\//u, '')
    .replace(/\.md$/u, '')
    .replace(/(^|\/)(README|index)$/u, '')
    .toLowerCase()
  return `/${path === '' ? '' : path.replaceAll('.', '-')}`
}

function linked(text: string, file: string, routes: ReadonlyMap<string, string>): string {
  return text
    .replaceAll(/^<!--.*?-->$/gmsu, '')
    .replaceAll(
      /(!?)\[([^\]]*)\]\(([^)\s]+)\)/gu,
      (whole, image: string, words: string, target: string) => {
        if (image === '!') return `![${words}](/${basename(target)})`
        if (/^(?:[a-z]+:|#)/u.test(target)) return whole
        const [path = '', anchor] = target.split('#')
        const found = [path, posix.join(path, 'README.md')]
          .map((name) => routes.get(posix.join(dirname(file), name)))
          .find((route) => route !== undefined)
        if (found === undefined) return words
        return `[${words}](${found}${anchor === undefined ? '' : `#${anchor}`})`
      },
    )
}

function withPictures({ content, routePath }: Page, folder: string): string {
  let count = 0
  const put = (bars: Bars): string => {
    const name = `${routePath.replaceAll('/', '-').slice(1)}-${++count}.svg`
    writeFileSync(join(folder, name), drawBars(bars))
    return `![${bars.title}](/${name})`
  }
  return content
    .replaceAll(/^```bars (.+)\n([^]*?)^```$/gmu, (_whole, title: string, body: string) =>
      put({ title, rows: body.trim().split('\n').map(barOf) }),
    )
    .replace(
      /^\| bench [^]*?\n\n/mu,
      (table) => `${ratios(table).map(put).join('\n\n')}\n\n${table}`,
    )
}

function barOf(line: string): Bar {
  const [name = '', figure = '', note = ''] = line.split('|').map((cell) => cell.trim())
  const value = Number(figure)
  if (!Number.isFinite(value)) throw new Error(`no figure: ${line}`)
  return { name: name.replaceAll('`', ''), value, note }
}

/** The table of the benchmarks as pictures: one for each bench with several peers, and one of all others. */
function ratios(table: string): readonly Bars[] {
  const rows = table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()))
  const benches = Map.groupBy(rows, ([, name = '']) => name.split(' : ')[0] ?? '')
  const [many, few] = [true, false].map((several) =>
    [...benches].filter(([, lines]) => lines.length > 2 === several),
  )
  const named = (many ?? []).map(([bench, lines]) => ({
    title: `${bench}: how many times as fast as …`,
    ratios: true,
    rows: lines.map(([, name = '', , ratio = '']) =>
      barOf(`${name.slice(bench.length + 3)}|${ratio}`),
    ),
  }))
  const others = (few ?? []).flatMap(([, lines]) => lines)
  const rest = others.map(([, name = '', , ratio = '']) =>
    barOf(`${name.replace(' : ', ' / ')}|${ratio}`),
  )
  return [...named, { title: 'How many times as fast as …', ratios: true, rows: rest }]
}
