/* What every run but that of `--version` needs, as one part that is loaded after the compile cache is on. */

export { Interruption } from './interruption.ts'
export { runNet } from './run.ts'
export { openTerminal } from './terminal.ts'
