/* Functions over items that are there or are waited for; leaving a result early closes what it reads. */

export { enumerate, filter, flatMap, mapEach, scan, type Each } from './transforms.ts'
export { drop, dropWhile, take, takeWhile } from './slices.ts'
export { batch, pairwise } from './batches.ts'
export { chain, zip, type Zipped } from './chain-and-zip.ts'
export { buffer, merge } from './merge.ts'
export { tee, type TeeOptions } from './tee.ts'
export { cancellable } from './cancellable.ts'
export { closing } from './closing.ts'
export type { ItemOf, Iterated } from './iterated.ts'
