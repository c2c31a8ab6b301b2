/*
 * The stack of an error as the caller reads it: it begins where the caller's program called us, not in a callback of an
 * engine. Costs nothing until something fails: V8 knows who awaits a call.
 */

/**
 * Gives the error the frames of the code that waits for the call that rejects with it; call it in the `catch` of the
 * call's own async function. Frames of ours, of engines and of Node are left out. Where no code waits, the error keeps
 * the frames that it has.
 */
export function traceToCaller(error: Error): void {
  const limit = Error.stackTraceLimit
  // The program wants no stacks.
  if (typeof limit !== 'number' || limit <= 0) return
  Error.stackTraceLimit = Math.max(limit, DEPTH)
  const here = new Error('here')
  Error.stackTraceLimit = limit
  const before = traced.get(error) ?? framesOf(error)
  const trace = new Trace(here, before, limit)
  traced.set(error, trace.frames.bind(trace))
  Reflect.defineProperty(error, 'stack', {
    configurable: true,
    get: () => [`${error.name}: ${error.message}`, ...trace.frames()].join('\n'),
    set(value: unknown) {
      traced.delete(error)
      Reflect.defineProperty(error, 'stack', { value, configurable: true, writable: true })
    },
  })
}

/**
 * The same, for an error whose stack has no frame of the caller yet: a call that is begun without `await` rejects before
 * anything awaits it; the caller awaits only what runs it, such as a group of tasks.
 */
export function traceWhereLost(error: Error): void {
  const frames = traced.get(error) ?? framesOf(error)
  if (!frames().some(isCallers)) traceToCaller(error)
}

/** Whether the error's stack tells its message of its own accord. */
export function isTraced(error: Error): boolean {
  return traced.has(error)
}

/** The lines of a stack behind its message. */
export function frameLines(stack: string | undefined): readonly string[] {
  return (stack ?? '').split('\n').filter((line) => FRAME.test(line))
}

class Trace {
  readonly #here: Error
  readonly #before: () => readonly string[]
  readonly #limit: number
  #frames: readonly string[] | undefined

  constructor(here: Error, before: () => readonly string[], limit: number) {
    this.#here = here
    this.#before = before
    this.#limit = limit
  }

  /** Read on first demand only: to write a stack costs more than to take it. */
  frames(): readonly string[] {
    this.#frames ??= this.#read()
    return this.#frames
  }

  #read(): readonly string[] {
    const callers = frameLines(this.#here.stack).filter(isCallers)
    return callers.length === 0 ? this.#before() : callers.slice(0, this.#limit)
  }
}

function framesOf(error: Error): () => readonly string[] {
  const { stack } = error
  return () => {
    const all = frameLines(stack)
    const callers = all.filter(isCallers)
    return callers.length === 0 ? all : callers
  }
}

function isCallers(line: string): boolean {
  return !OF_NODE.test(line) && !OF_ENGINES.test(line) && !isOurs(line)
}

function isOurs(line: string): boolean {
  const packages = packagesFolder()
  const at = packages === undefined ? -1 : line.indexOf(packages)
  return packages !== undefined && at >= 0 && INSIDE.test(line.slice(at + packages.length))
}

/** The folder in which the packages lie side by side, as stacks name it; undefined where they are bundled into a program. */
function packagesFolder(): string | undefined {
  // Asked of a stack: a bundle in CommonJS has no import.meta.url.
  place ??= { folder: PLACE.exec(frameLines(new Error('here').stack)[0] ?? '')?.[1] }
  return place.folder
}

let place: { readonly folder: string | undefined } | undefined
const PLACE = /(?:\(|at )([^()]*\/)core\/(?:src|dist)\//
const INSIDE = /^[^/]+\/(?:src|dist)\//
const FRAME = /^ {4}at /
const OF_NODE = /\(node:|at (?:async )?node:|\(<anonymous>\)|at async Promise\.|\(native\)/
const OF_ENGINES = /\/node_modules\/(?:@net|undici|basic-ftp|nodemailer|ssh2)\//
const DEPTH = 30
const traced = new WeakMap<Error, () => readonly string[]>()
