/* Every shape of core in one place, for `option`. */

export { defaults, perCall } from '../operation/call-options.ts'
export { credential } from '../credential.ts'
export { dataSink, dataSource } from '../data/shapes.ts'
export { threshold } from '../events/log-record.ts'
export { log, logSink } from '../events/log-to.ts'
export { timeout } from '../time/limits.ts'
export { retry } from '../retry/option.ts'
export {
  anything,
  atLeast,
  between,
  binary,
  bytes,
  callback,
  count,
  either,
  flag,
  isObject,
  limit,
  list,
  methods,
  milliseconds,
  oneOf,
  oneOrMore,
  record,
  required,
  secretText,
  signal,
  size,
  text,
  url,
} from './values.ts'
