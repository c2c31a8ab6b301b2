/* What tests of concurrent programs need: checks that nothing is left behind, a fixed order, a test as a task group. */

export { checkNoLeaks, type LeakCheckOptions } from './check-no-leaks.ts'
export { checkNoYield, checkYields } from './check-yields.ts'
export { freePort } from './free-port.ts'
export { groupTest, type GroupTestOptions } from './group-test.ts'
export { Sequencer } from './sequencer.ts'
