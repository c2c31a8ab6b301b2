/* What tests of concurrent programs need: a check that nothing is left behind. */

export { checkNoLeaks, type LeakCheckOptions } from './check-no-leaks.ts'
