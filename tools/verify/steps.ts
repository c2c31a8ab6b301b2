// What `pnpm verify` runs, in this order. Each is also a script of its own.

/** One check. */
export interface Step {
  readonly name: string
  /** Run by a shell in the root. */
  readonly command: string
  /** Whether vitest runs in it, so that its tests are counted one by one. */
  readonly counted?: boolean
  /** Whether a skipped test is a failure where CI is set: everything it needs is installed there. */
  readonly complete?: boolean
}

/** The steps of these names, in order; all of them for none. Throws for a name that none has. */
export function chosen(names: readonly string[]): readonly Step[] {
  const known = steps.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new Error(`no such step: ${unknown.join(', ')}; the steps are ${known.join(', ')}`)
  }
  return names.length === 0 ? steps : steps.filter(({ name }) => names.includes(name))
}

/** A script that is run only if one of its inputs has changed since it passed; `turbo.json` has them. */
function cached(script: string): string {
  return `TURBO_TELEMETRY_DISABLED=1 pnpm exec turbo run //#${script} --output-logs=new-only`
}

/** All of them: cheap ones first, then the tests, then what needs the build. */
const steps: readonly Step[] = [
  { name: 'demo', command: 'npx -y pnpm@12 demo' },
  { name: 'format', command: 'pnpm format:check' },
  { name: 'lint', command: cached('lint') },
  { name: 'typecheck', command: cached('typecheck') },
  { name: 'boundaries', command: 'pnpm boundaries' },
  { name: 'mirror', command: 'pnpm mirror' },
  { name: 'knip', command: cached('knip') },
  { name: 'docs', command: 'pnpm docs:check' },
  { name: 'parity', command: 'pnpm parity:check' },
  { name: 'api', command: cached('api:check') },
  { name: 'names', command: 'pnpm names' },
  { name: 'links', command: 'pnpm links' },
  { name: 'build', command: 'pnpm build' },
  { name: 'test', command: 'npx -y pnpm@12 test', counted: true },
  { name: 'interop', command: 'pnpm test:interop', counted: true, complete: true },
  { name: 'matrix', command: 'pnpm test:matrix', counted: true, complete: true },
  { name: 'package', command: 'pnpm test:package', counted: true, complete: true },
  { name: 'node oldest', command: 'pnpm test:node oldest', counted: true },
  { name: 'node workspace', command: 'pnpm test:node workspace', counted: true },
  { name: 'node newest', command: 'pnpm test:node newest', counted: true },
  { name: 'site', command: 'pnpm site', counted: true, complete: true },
  { name: 'release', command: 'pnpm release:rehearse' },
]
