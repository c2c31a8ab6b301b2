/* The headers of a message or a part (RFC 5322, section 2.2; RFC 2045 and 2231 for their parameters), as they come. */

import { decodeText } from './charset.ts'
import { decodeWords } from './encoded-words.ts'

/** One header as it came. */
export interface HeaderField {
  readonly name: string
  /** Its text, unfolded and decoded. */
  readonly value: string
  /** Its text as it came, unfolded; each character stands for a byte. */
  readonly raw: string
}

/** Headers in their order; characters of `head` stand for bytes. Lines that are no header are left out. */
export function readFields(head: string): readonly HeaderField[] {
  return head.split(/\r?\n(?![ \t])/).flatMap((line) => {
    const [, name, rest = ''] = /^([!-9;-~]+)[ \t]*:([^]*)$/.exec(line) ?? []
    if (name === undefined) return []
    const raw = rest.replaceAll(/\r?\n/g, '').trim()
    return [{ name, raw, value: textOf(raw) }]
  })
}

/** The first header of a name, in whichever case. */
export function firstOf(fields: readonly HeaderField[], name: string): HeaderField | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)
}

/** A header's value and its parameters, as those of Content-Type. */
export interface Structured {
  /** In lower case. */
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
}

/** Reads a value with parameters, in pieces and in any charset (RFC 2231). */
export function readStructured(raw: string): Structured {
  const { text: first, end } = uncommented(raw, ';')
  const parameters = new Map<string, ParameterPieces>()
  for (const [, key = '', quoted, plain = ''] of withoutComments(raw.slice(end)).matchAll(
    PARAMETER,
  )) {
    const text = quoted === undefined ? plain.trim() : quoted.replaceAll(/\\(.)/gs, '$1')
    addPiece(parameters, key.toLowerCase(), text)
  }
  return {
    value: first.toLowerCase(),
    parameters: new Map([...parameters].map(([name, pieces]) => [name, joined(pieces)] as const)),
  }
}

/** What stands up to the `stop` without its comments, which may be in each other (RFC 5322, section 3.2.2), and where that is. */
export function uncommented(
  raw: string,
  stop?: string,
): { readonly text: string; readonly end: number } {
  let text = ''
  let depth = 0
  let at = 0
  for (; at < raw.length; at++) {
    const letter = raw.charAt(at)
    if (letter === '(') depth += 1
    else if (depth > 0 && letter === ')') depth -= 1
    else if (depth > 0 && letter === '\\') at += 1
    else if (depth === 0 && letter === stop) break
    else if (depth === 0) text += letter
  }
  return { text: text.trim(), end: at }
}

/**
 * Parameters without their comments (RFC 2045, section 5.1). One with more of a value behind it stays: `report (1).pdf` is a name that
 * lacks its quotes.
 */
function withoutComments(raw: string): string {
  let kept = ''
  let before = ''
  for (const { 0: token, 1: comments, index } of raw.matchAll(TOKEN)) {
    const after = raw.charAt(index + token.length)
    const isBetween = before === ';' || before === '=' || after === ';' || after === ''
    if (comments !== undefined && isBetween) continue
    kept += token
    before = token.trim().at(-1) ?? before
  }
  return kept
}

type ParameterPieces = Map<number, { readonly text: string; readonly encoded: boolean }>

/** An encoded name wins over a plain one beside it. */
function addPiece(parameters: Map<string, ParameterPieces>, key: string, text: string): void {
  const [, name = '', number = '0', star] = /^([^*]+)(?:\*(\d+))?(\*)?$/.exec(key) ?? []
  const pieces: ParameterPieces = parameters.get(name) ?? new Map()
  const at = Number(number)
  if (star !== undefined || !pieces.has(at)) pieces.set(at, { text, encoded: star !== undefined })
  parameters.set(name, pieces)
}

function joined(pieces: ParameterPieces): string {
  const sorted = [...pieces].toSorted(([a], [b]) => a - b).map(([, piece]) => piece)
  if (!sorted.some(({ encoded }) => encoded)) {
    const text = sorted.map((piece) => piece.text).join('')
    return decodeWords(textOf(text))
  }
  const [, charset = '', first] = /^([^']*)'[^']*'([^]*)$/.exec(sorted[0]?.text ?? '') ?? []
  const texts = sorted.map((piece, at) => ({
    ...piece,
    text: at === 0 ? (first ?? piece.text) : piece.text,
  }))
  const bytes = texts.map(({ text, encoded }) =>
    Buffer.from(encoded ? percentDecoded(text) : text, 'latin1'),
  )
  return decodeText(Buffer.concat(bytes), charset).text
}

function percentDecoded(text: string): string {
  return text.replaceAll(/%([\dA-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function textOf(raw: string): string {
  return decodeWords(decodeText(Buffer.from(raw, 'latin1'), undefined).text)
}

const PARAMETER = /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gs
// A string in quotes, comments in a row, of which each may hold others, or what is neither. Pairs with a backslash stay together
// everywhere: otherwise each of them could begin what does not end.
const TOKEN =
  /"(?:[^"\\]|\\.)*"|((?:\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)\s*)+)|[^"(\\]+|\\.|[^]/gs
