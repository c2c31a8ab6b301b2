/*
 * What a program may show beside its operations: test servers that run within it, with what they hold and the faults
 * that they can be given, and scenarios that a button runs. Interfaces alone; `demo lab` fills them.
 */

/** A server, a road or a queue, as the page shows it. All texts may come from peers: the page shows them as text. */
export interface LabServer {
  /** Such as `mail`; no two have one. */
  readonly name: string
  readonly protocol: string
  /** Absent for what is no server. */
  readonly url?: string | undefined
  /** What it is, in a sentence. */
  readonly about?: string | undefined
  /** Throw-away credentials, which the page shows. */
  readonly login?: { readonly user: string; readonly password: string } | undefined
  /** The mails that it has, the first one first. */
  readonly mails?: (() => readonly LabMail[]) | undefined
  /** The files that it has. */
  readonly files?: LabFiles | undefined
  /** What it saw, such as requests or sessions. */
  readonly seen?: (() => LabTable) | undefined
  /** The jobs that it has. */
  readonly jobs?: LabJobs | undefined
  /** What can go wrong at the next step, by the label of its button. */
  readonly faults?: Readonly<Record<string, () => void>> | undefined
}

/** A mail in an inbox. */
export interface LabMail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html?: string | undefined
  /** Names and sizes in bytes. */
  readonly attachments?: readonly { readonly name: string; readonly size: number }[] | undefined
  /** As it came. */
  readonly raw: Uint8Array
}

/** A tree of files. */
export interface LabFiles {
  /** Every path with the size of the file in bytes. */
  list(): readonly { readonly path: string; readonly size: number }[]
  read(path: string): Uint8Array
}

/** The jobs of a queue. */
export interface LabJobs {
  /** How many there are, by state. */
  counts(): Promise<Readonly<Record<string, number>>>
  /** Those that are shown, the newest first; at most 100 are. */
  list(): Promise<readonly LabJob[]>
  /**
   * All that is known of one, as text, best as JSON: secret fields are struck out of it and it is laid out to be read. Undefined
   * if there is none. The page shows 64 KiB at a time.
   */
  read(id: string): Promise<string | undefined>
  /** What can be done to one, by the label of its button; resolves to a sentence that says what was done. */
  readonly actions: Readonly<Record<string, (id: string) => Promise<string>>>
}

/** A job in the list: without its payload, which may be long. */
export interface LabJob {
  readonly id: string
  readonly state: string
  /** How often it was started. */
  readonly attempt: number
  /** Why its last attempt failed. */
  readonly error?: string | undefined
}

/** Rows under headings. */
export interface LabTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Something that a button runs. */
export interface LabScenario {
  /** Such as `http-get`; no two have one. */
  readonly name: string
  readonly title: string
  /** The program, as it stands in its file. */
  readonly code: string
  /** Runs it; `tell` gets a line for each step. Rejects when something failed. */
  run(tell: (line: string) => void): Promise<void>
}

/** A request that a visitor writes. */
export interface LabCall {
  /** What its field says, such as `http://127.0.0.1:4000/json`. */
  readonly example: string
  /** Makes the request and gives what came; rejects for addresses that are not for visitors. */
  run(url: string): Promise<string>
}

/** Everything that the page shows beside operations. */
export interface Lab {
  readonly servers?: readonly LabServer[] | undefined
  readonly scenarios?: readonly LabScenario[] | undefined
  readonly call?: LabCall | undefined
}
