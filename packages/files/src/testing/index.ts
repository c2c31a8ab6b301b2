/* What tests of programs that move trees need: a tree whose calls fail where the test says. */

export { faultyFiles, type FaultyOptions, type TreeMoment } from './faulty-files.ts'
