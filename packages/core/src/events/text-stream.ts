/* What logs write to. */

import { isStandard } from '../data/adopted-stream.ts'

/** What a log of text is written to: a Node stream, or anything that takes text. */
export interface TextStream {
  write(text: string): unknown
  /** False once it takes no more. */
  readonly writable?: boolean | undefined
}

/** Writes the text. A failure of the stream is dropped: a log has no caller to tell, and must not end the process. */
export function writeText(stream: TextStream, text: string): void {
  if (!isStandard(stream)) {
    stream.write(text)
    return
  }
  // The standard streams outlive every log: we listen for as long as this write can fail.
  const standard = stream as NodeJS.WriteStream
  const writes = underWay.get(standard) ?? 0
  if (writes === 0) standard.on('error', ignore)
  underWay.set(standard, writes + 1)
  // Node emits the error after the callback of the write.
  standard.write(text, () => setImmediate(() => over(standard)))
}

function over(standard: NodeJS.WriteStream): void {
  const writes = (underWay.get(standard) ?? 1) - 1
  underWay.set(standard, writes)
  if (writes === 0) standard.off('error', ignore)
}

function ignore(): void {}

const underWay = new Map<NodeJS.WriteStream, number>()
