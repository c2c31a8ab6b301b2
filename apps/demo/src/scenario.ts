/* A scenario of the tour: a few lines as a user would write them, reported step by step. */

/** One step of the tour. */
export interface Scenario {
  readonly number: number
  readonly title: string
  /** The connection between client and server, such as `tcp, ssh`. */
  readonly transport: string
  /** What is about to happen, in a sentence or two. */
  readonly about: string
  /** The URL of its file, whose function `example` is the code that the tour shows. */
  readonly file: string
  /** Runs it against servers of its own on loopback; returns how many bytes of content moved. Throws if a result is wrong. */
  run(stage: Stage): Promise<number>
}

/** Receives the steps of a scenario. */
export interface Stage {
  /** Reports what was sent. */
  sent(text: string): void
  /** Tells what came back. */
  received(text: string): void
  /** Tells how far it is. */
  progress(done: number, total: number): void
}

/** Throws unless both are the same; `what` names them. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (got !== wanted) throw new Error(`${what} is ${got}, not ${wanted}`)
}
