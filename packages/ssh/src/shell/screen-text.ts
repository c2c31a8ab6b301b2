/*
 * What a terminal would show, as text: escapes are taken out, and carriage returns, backspaces and the erasing of lines are
 * carried out. Lines are as long as they come; there is no screen that scrolls. Pure.
 */

/** The text of a terminal, from where it was last taken. */
export class ScreenText {
  readonly #decoder = new TextDecoder()
  #lines: string[] = ['']
  #column = 0
  /** How much of the first line was taken before. */
  #taken = 0
  /** The row that the cursor was last sent to. */
  #row: number | undefined
  /** A sequence that is not complete yet. */
  #begun = ''

  /** What has come since the last take. */
  get text(): string {
    return this.#lines.join('\n').slice(this.#taken)
  }

  /** More has arrived. */
  add(bytes: Uint8Array): void {
    const text = this.#begun + this.#decoder.decode(bytes, { stream: true })
    this.#begun = ''
    for (let at = 0; at < text.length;) {
      const next = text.charCodeAt(at)
      if (next !== ESCAPE) {
        at = this.#plain(text, at)
        continue
      }
      const found = SEQUENCE.exec(text.slice(at, at + LONGEST))
      if (found === null) {
        // The rest of it may follow; what is too long is none, nor is what no rest makes one.
        const isBegun = text.length - at < LONGEST && BEGUN.test(text.slice(at))
        if (isBegun) this.#begun = text.slice(at)
        at = isBegun ? text.length : at + 1
      } else {
        // Some devices end a line by an escape.
        if (NEXT_LINE.has(found[0])) this.#nextLine()
        else this.#carryOut(found[1] ?? '', found[2] ?? '')
        at += found[0].length
      }
    }
  }

  /** What was taken of the line that the text begins in, such as a prompt. */
  get line(): string {
    return this.#lines[0]?.slice(0, this.#taken) ?? ''
  }

  /** Takes so much of the text from its beginning. */
  take(length: number): void {
    const end = this.#taken + length
    const before = this.#lines.join('\n').slice(0, end)
    const whole = before.split('\n').length - 1
    this.#taken = end - (before.lastIndexOf('\n') + 1)
    this.#lines.splice(0, whole)
  }

  #plain(text: string, at: number): number {
    const letter = text.charAt(at)
    if (letter === '\n') this.#nextLine()
    else if (letter === '\r') this.#column = 0
    else if (letter === '\b') this.#column = Math.max(0, this.#column - 1)
    else if (letter >= ' ' || letter === '\t') {
      PRINTABLE.lastIndex = at
      const run = PRINTABLE.exec(text)?.[0] ?? letter
      this.#write(run)
      return at + run.length
    }
    return at + 1
  }

  #nextLine(): void {
    this.#lines.push('')
    this.#column = 0
  }

  /** There is no screen: another row is another line, and the same one is this line. */
  #moveTo(parameters: string): void {
    const [row = 1, column = 1] = parameters.split(';').map((one) => Math.max(1, Number(one) || 1))
    if (this.#row !== undefined && this.#row !== row && this.#line !== '') this.#nextLine()
    this.#row = row
    this.#column = Math.min(column - 1, this.#widest)
  }

  #write(run: string): void {
    const line = this.#line.padEnd(this.#column)
    const after = line.slice(this.#column + run.length)
    // Blanks over the end of a line are how it is rubbed out.
    const isRubbing = after === '' && this.#column < this.#line.length && run.trimEnd() === ''
    this.#change(line.slice(0, this.#column) + (isRubbing ? '' : run) + after)
    this.#column += run.length
  }

  /** How far escapes reach: what they would make is no longer than a screen, or than what was printed. */
  get #widest(): number {
    return Math.max(MOST_COLUMNS, this.#line.length, this.#column)
  }

  get #line(): string {
    return this.#lines.at(-1) ?? ''
  }

  /** The last line is another one; what is written where something was taken is new. */
  #change(line: string): void {
    if (this.#lines.length === 1) this.#taken = Math.min(this.#taken, this.#column)
    this.#lines[this.#lines.length - 1] = line
  }

  #carryOut(parameters: string, command: string): void {
    const count = Math.min(Number(parameters.split(';')[0]) || 0, this.#widest)
    if (command === 'H' || command === 'f') this.#moveTo(parameters)
    else if (/[CDG]/.test(command)) this.#moveAlong(count, command)
    else this.#edit(count, command)
  }

  #moveAlong(count: number, command: string): void {
    const column = this.#column
    if (command === 'C') this.#column = Math.min(column + Math.max(1, count), this.#widest)
    if (command === 'D') this.#column = Math.max(0, column - Math.max(1, count))
    if (command === 'G') this.#column = Math.max(0, count - 1)
  }

  #edit(count: number, command: string): void {
    const line = this.#line
    const column = this.#column
    // Erases to the end, to the beginning, or all of the line; so for the screen, of which there is one line.
    if (command === 'K' || command === 'J') {
      const left = count === 0 ? line.slice(0, column) : ' '.repeat(Math.min(column, line.length))
      this.#change(count === 1 ? left + line.slice(column) : left)
    }
    if (command === 'P') {
      this.#change(line.slice(0, column) + line.slice(column + Math.max(1, count)))
    }
    if (command === '@') {
      const moved = line.slice(0, column) + ' '.repeat(Math.max(1, count)) + line.slice(column)
      this.#change(moved.slice(0, this.#widest))
    }
  }
}

const ESCAPE = 0x1b
// CSI with parameters and a letter; OSC, DCS and their kind with a text up to BEL or ST; a character set; one letter.
const SEQUENCE =
  /^\u001b(?:\[([0-9;:<=>?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/
const NEXT_LINE: ReadonlySet<string> = new Set(['\u001bE', '\u001bD'])
// What may become one.
const BEGUN = /^\u001b(?:\[[0-9;:<=>?]*[ -/]*|[\]PX^_][^\u0007\u001b]*\u001b?|[ -/]*)$/
const PRINTABLE = /[^\u0000-\u0008\u000a-\u001f\u007f]+/y
// Titles of windows are the longest.
const LONGEST = 4096
// No screen is wider, and a few bytes must not make a text of a gigabyte.
const MOST_COLUMNS = 2048
