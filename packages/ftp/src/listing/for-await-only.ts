/* Tells apart `for` and `for await`, which JavaScript itself does only with "is not iterable". */

import { netError } from '@net/core/authoring'

/** The same iterable; `for (… of …)` and a spread throw `NET_BAD_OPTION` with what to write instead. */
export function forAwaitOnly<T>(entries: AsyncIterable<T>): AsyncIterable<T> {
  return Object.defineProperty(entries, Symbol.iterator, {
    value: (): never => {
      throw netError('NET_BAD_OPTION', {
        message: 'list() is asynchronous: write `for await (const entry of client.list())`',
        protocol: 'ftp',
        operation: 'list',
      })
    },
  })
}
