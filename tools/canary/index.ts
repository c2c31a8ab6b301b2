// What tests import: canary secrets, the check of a value, and the switch for tests of the silent state.
export { canary, expectNoCanary, findCanary } from './find.ts'
export { eventsOff } from './watch.ts'
