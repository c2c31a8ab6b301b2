/*
 * A file of jobs as its thread serves it: requests that came together are one transaction, and what others have changed in the file
 * is told. Runs in the thread of the file.
 */

import { statfsSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

import type { QueueEvent } from '../queue-event.ts'
import type { FileRules } from './file-endings.ts'
import { FileJobs } from './file-jobs.ts'
import type { Moment } from './file-row.ts'
import { prepareFile } from './file-schema.ts'

/** What a thread begins with. */
export interface FileOpening {
  readonly path: string
  readonly synchronous: 'NORMAL' | 'FULL'
  /** Which boot of the machine this is. */
  readonly boot: string
  /** How many milliseconds another process may keep the file locked. */
  readonly busy: number
}

/** One call of a store. */
export interface FileRequest {
  readonly n: number
  readonly queue: string
  /** A method of `FileJobs`; or `open`, with its rules, and `listen`. */
  readonly verb: string
  readonly args: readonly unknown[]
}

/** What came of it. */
export interface FileAnswer {
  readonly n: number
  readonly value?: unknown
  readonly error?: FileFault
}

/** Why a request failed. */
export interface FileFault {
  readonly message: string
  readonly code: number | undefined
}

/** What the thread says. */
export interface FileNews {
  readonly answers?: readonly FileAnswer[]
  /** The file was changed by another process. */
  readonly changed?: true
  /** Events were gone before they were read. */
  readonly missed?: true
  readonly events?: readonly { readonly queue: string; readonly event: string }[]
}

/** A file, open. */
export class FileService {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #say: (news: FileNews) => void
  readonly #jobs = new Map<string, FileJobs>()
  /** With what each queue was opened, whatever became of that. */
  readonly #rules = new Map<string, FileRules>()
  readonly #names = new Map<number, string>()
  readonly #version: StatementSync
  readonly #addEvent: StatementSync
  readonly #newEvents: StatementSync
  readonly #oldEvents: StatementSync
  readonly #hear: StatementSync
  readonly #listened = new Set<string>()
  #seen = 0
  #lastEvent = 0
  #heardUntil = 0
  /** The disk was full, and has not been seen with room since. */
  #isFull = false

  constructor({ path, synchronous, boot, busy }: FileOpening, say: (news: FileNews) => void) {
    this.#db = new DatabaseSync(path, { timeout: busy })
    this.#path = path
    this.#say = say
    prepareFile(this.#db, synchronous, boot)
    this.#version = this.#db.prepare('PRAGMA data_version')
    this.#addEvent = this.#db.prepare('INSERT INTO events (queue, event) VALUES (?, ?)')
    this.#newEvents = this.#db.prepare(
      'SELECT n, queue, event FROM events WHERE n > ? ORDER BY n LIMIT 500',
    )
    this.#oldEvents = this.#db.prepare(
      'DELETE FROM events WHERE n <= (SELECT max(n) FROM events) - 1000',
    )
    this.#hear = this.#db.prepare('UPDATE queues SET heard = ? WHERE name = ?')
    this.#seen = this.#dataVersion()
  }

  /** Serves requests that came together. */
  serve(requests: readonly FileRequest[], at: Moment): void {
    if (this.#isFull) this.#makeRoom()
    let answers: readonly FileAnswer[]
    try {
      answers = this.#together(requests, at)
    } catch (error) {
      if (isFull(error)) this.#makeRoom()
      // One of them failed: the others must not fail with it.
      answers = requests.map((request) => this.#alone(request, at))
    }
    this.#say({ answers })
    try {
      this.#tellEvents()
    } catch {
      // The answers are told, and the next look tells the events.
    }
  }

  /** Looks what other processes have done. */
  look(): void {
    try {
      this.#look()
    } catch {
      // A full disk, or a lock that is held for long: the next look comes soon, and requests say what is wrong.
    }
  }

  #look(): void {
    if (this.#listened.size > 0 && hrtime() > this.#heardUntil - LISTENING / 2) this.#listen()
    const version = this.#dataVersion()
    if (version === this.#seen) return
    this.#seen = version
    this.#say({ changed: true })
    this.#tellEvents()
  }

  close(): void {
    this.#db.close()
  }

  /**
   * Moves the log into the file, which has most of its pages already, so that it begins anew and does not take the last room there
   * is: so the jobs of a disk that is full can be done, though none can be added. Called until the disk has room.
   */
  #makeRoom(): void {
    this.#isFull = true
    try {
      this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)')
      const { bavail, bsize } = statfsSync(this.#path)
      this.#isFull = bavail * bsize < ROOM
    } catch {
      // The file has no room either.
    }
  }

  #together(requests: readonly FileRequest[], at: Moment): readonly FileAnswer[] {
    return this.#transaction(() => {
      const open = new Set<FileJobs>()
      const answers = requests.map((request) => {
        const jobs = this.#jobsOf(request)
        if (!open.has(jobs)) jobs.begin(at, hrtime())
        open.add(jobs)
        return { n: request.n, value: this.#do(jobs, request) }
      })
      for (const jobs of open) jobs.end()
      return answers
    })
  }

  #alone(request: FileRequest, at: Moment): FileAnswer {
    try {
      return this.#together([request], at)[0] ?? { n: request.n }
    } catch (error) {
      const { message, errcode } = error as { message: string; errcode?: number }
      return { n: request.n, error: { message, code: errcode } }
    }
  }

  #do(jobs: FileJobs, { verb, args, queue }: FileRequest): unknown {
    if (verb === 'open') return undefined
    if (verb === 'listen') {
      if (this.#listened.size === 0) this.#lastEvent = this.#maxEvent()
      this.#listened.add(queue)
      this.#hear.run(hrtime() + LISTENING, queue)
      jobs.listened()
      return undefined
    }
    if (verb === 'ignore') return void this.#listened.delete(queue)
    const method: unknown = Reflect.get(jobs, verb)
    return Reflect.apply(method as (...args: readonly unknown[]) => unknown, jobs, args)
  }

  #jobsOf({ queue, verb, args }: FileRequest): FileJobs {
    if (verb === 'open') this.#rules.set(queue, args[0] as FileRules)
    const rules = this.#rules.get(queue)
    if (rules === undefined) throw new Error(`the queue ${queue} was not opened`)
    let jobs = this.#jobs.get(queue)
    if (jobs === undefined) {
      jobs = new FileJobs(this.#db, queue, rules, (n, event) => this.#noted(n, event))
      this.#jobs.set(queue, jobs)
      for (const [n, name] of this.#names) if (name === queue) this.#names.delete(n)
      this.#names.set(jobs.number, queue)
    }
    // Opened once more it stays the same: of two each would write the row as it knows it.
    if (verb === 'open') jobs.follow(rules)
    return jobs
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // What was made in it is not there any more, and its number may become that of another queue.
      this.#jobs.clear()
      // SQLite has rolled back by itself where the disk is full.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Kept only while somebody listens, in whatever process. */
  #noted(queue: number, event: QueueEvent): void {
    const { lastInsertRowid } = this.#addEvent.run(queue, JSON.stringify(event))
    if (Number(lastInsertRowid) % 100 === 0) this.#oldEvents.run()
  }

  #listen(): void {
    this.#heardUntil = hrtime() + LISTENING
    this.#transaction(() => {
      for (const name of this.#listened) this.#hear.run(this.#heardUntil, name)
    })
  }

  #tellEvents(): void {
    if (this.#listened.size === 0) return
    for (;;) {
      const rows = this.#newEvents.all(this.#lastEvent) as unknown as EventRow[]
      const [first] = rows
      if (first === undefined) return
      if (first.n > this.#lastEvent + 1) this.#say({ missed: true })
      this.#lastEvent = rows.at(-1)?.n ?? this.#lastEvent
      const events = rows.flatMap(({ queue, event }) => {
        const name = this.#names.get(queue)
        return name === undefined ? [] : [{ queue: name, event }]
      })
      this.#say({ events })
    }
  }

  #maxEvent(): number {
    const { n } = this.#db.prepare('SELECT max(n) AS n FROM events').get() as unknown as {
      n: number | null
    }
    return Math.max(n ?? 0, this.#lastEvent)
  }

  #dataVersion(): number {
    const { data_version: version } = this.#version.get() as unknown as { data_version: number }
    return version
  }
}

function isFull(error: unknown): boolean {
  const { errcode = 0 } = error as { readonly errcode?: number }
  return (errcode & 0xff) === FULL
}

interface EventRow {
  readonly n: number
  readonly queue: number
  readonly event: string
}

/** Milliseconds of the machine since its boot. */
function hrtime(): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}

const FULL = 13
/** So many bytes are room enough for a log. */
const ROOM = 64 * 1_048_576
/** How long events are kept for a listener that has not been heard of, in milliseconds. */
const LISTENING = 10_000
