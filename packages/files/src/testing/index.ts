/* What tests of programs that move trees need: a tree whose calls fail where the test says, its contents, and names to fear. */

export { contentsOf } from './contents.ts'
export { faultyFiles, type FaultyOptions, type TreeMoment } from './faulty-files.ts'
export { hostileNames } from './hostile-names.ts'
