/*
 * The reads of a connection: what each call takes and gives. It must not know of writes, TLS or the connection's life.
 */

import {
  addContext,
  argument,
  inCall,
  option,
  traceToCaller,
  type OptionsDoor,
  type Taken,
} from '@net/core/authoring'
import { isNetError } from '@net/core'

import {
  isFilled,
  notEmpty,
  takeReadLimit,
  takeReadSome,
  takeReadText,
  takeWait,
} from './call-doors.ts'
import type {
  ReadLimitOptions,
  ReadLineOptions,
  ReadSomeOptions,
  ReadTextOptions,
  WaitOptions,
} from './connection.ts'
import { isFrameCodec, messagesOf, type FrameCodec } from './framing/frame-codec.ts'
import { rejected } from './handled.ts'
import { ReadItems, type Reading } from './read-items.ts'
import type { ReadSide } from './read-side.ts'
import {
  asText,
  aheadBytes,
  bytesInto,
  bytesUntil,
  everything,
  exactBytes,
  itemOf,
  lineOf,
  someBytes,
} from './reads.ts'

/** The reading calls over a reading half. */
export abstract class ConnectionReads {
  protected abstract readonly reads: ReadSide

  read(options?: ReadSomeOptions): Promise<Uint8Array | null> {
    return checked('read', () => {
      const taken = given(takeReadSome, options)
      return this.reads.run('read', someBytes(taken?.max ?? Infinity), taken)
    })
  }

  readExactly(size: number, options?: WaitOptions): Promise<Uint8Array> {
    return checked('readExactly', () => {
      argument('size', option.size, size)
      return this.reads.run('readExactly', exactBytes(size), given(takeWait, options))
    })
  }

  readInto(memory: Uint8Array, options?: WaitOptions): Promise<number> {
    return checked('readInto', () => {
      argument('the memory', isFilled, memory)
      return this.reads.run('readInto', bytesInto(memory), given(takeWait, options))
    })
  }

  peek(size: number, options?: WaitOptions): Promise<Uint8Array> {
    return checked('peek', () => {
      argument('size', option.size, size)
      return this.reads.run('peek', aheadBytes(size), given(takeWait, options))
    })
  }

  readLine(options?: ReadLineOptions): Promise<string | null> {
    return checked('readLine', () => {
      const taken = given(takeReadText, options)
      return this.reads.run('readLine', lineOf(taken?.limit, taken?.encoding), taken)
    })
  }

  readUntil(
    delimiter: string | Uint8Array,
    options?: ReadLimitOptions,
  ): Promise<Uint8Array | null> {
    return checked('readUntil', () => {
      const pattern = bytesOf(argument('delimiter', notEmpty, delimiter))
      const taken = given(takeReadLimit, options)
      return this.reads.run('readUntil', bytesUntil(pattern, taken?.limit), taken)
    })
  }

  readAll(options?: ReadLimitOptions): Promise<Uint8Array> {
    return checked('readAll', () => {
      const taken = given(takeReadLimit, options)
      return this.reads.run('readAll', everything(taken?.limit), taken)
    })
  }

  readText(options?: ReadTextOptions): Promise<string> {
    return checked('readText', () => {
      const taken = given(takeReadText, options)
      const whole = this.reads.run('readText', everything(taken?.limit), taken)
      return whole.then((bytes) => asText(bytes, taken?.encoding ?? 'utf8'))
    })
  }

  unread(bytes: Uint8Array): void {
    this.reads.unread(bytes)
  }

  lines(options?: ReadLineOptions): AsyncIterable<string> {
    const taken = inCall({ protocol: 'socket', call: 'lines' }, () => given(takeReadText, options))
    return this.#loop({
      operation: 'readLine',
      options: taken,
      anyByte: true,
      rule: () => itemOf(lineOf(taken?.limit, taken?.encoding)),
    })
  }

  frames<T>(codec: FrameCodec<T>, options?: WaitOptions): AsyncIterable<T> {
    const taken = inCall({ protocol: 'socket', call: 'frames' }, () => {
      argument('the codec', isFrameCodec, codec)
      return given(takeWait, options)
    })
    const message = messagesOf(codec)
    return this.#loop({ operation: 'frames', options: taken, anyByte: true, rule: () => message })
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return new ReadItems(this.reads, CHUNKS)
  }

  #loop<T>(reading: Reading<T>): AsyncIterable<T> {
    return { [Symbol.asyncIterator]: () => new ReadItems(this.reads, reading) }
  }
}

/** Calls reject, also for a wrong argument, and never throw. */
export function checked<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return call()
  } catch (error) {
    if (!isNetError(error)) return rejected(error as Error)
    traceToCaller(error)
    return rejected(addContext(error, { protocol: 'socket', operation: name }))
  }
}

/** What passed the door; nothing where there are no options, which is usual and costs nothing. */
export function given<T>(door: OptionsDoor<T>, options: T | undefined): Taken<T> | undefined {
  return options === undefined ? undefined : door(options)
}

/** Text as UTF-8. */
export function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data
}

const ANY_BYTES = itemOf(someBytes(Infinity))
const CHUNKS: Reading<Uint8Array> = {
  operation: 'read',
  options: undefined,
  anyByte: false,
  rule: () => ANY_BYTES,
}
