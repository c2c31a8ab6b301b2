/*
 * What a program may show beside its operations: test servers that run within it, with what they hold and the faults
 * that they can be given, and scenarios that a button runs. Interfaces alone; `demo lab` fills them.
 */

/** A server, as the page shows it. All texts may come from peers: the page shows them as text. */
export interface LabServer {
  /** Such as `mail`; no two have one. */
  readonly name: string
  readonly protocol: string
  readonly url: string
  /** Throw-away credentials, which the page shows. */
  readonly login?: { readonly user: string; readonly password: string } | undefined
  /** The mails that it has, the first one first. */
  readonly mails?: (() => readonly LabMail[]) | undefined
  /** The files that it has. */
  readonly files?: LabFiles | undefined
  /** What it saw, such as requests or sessions. */
  readonly seen?: (() => LabTable) | undefined
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
