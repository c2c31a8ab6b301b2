/* What tests of networked programs need: a fake clock, recorded events, files in memory. */

export { captureEvents, type CapturedEvents } from './capture-events.ts'
export { checkErrors, type ErrorSample } from './check-errors.ts'
export { checkRemoteFiles, type CheckRemoteFilesOptions } from './check-remote-files.ts'
export { useFakeClock, type FakeClock, type FakeClockOptions } from './fake-clock.ts'
export {
  MemoryFiles,
  type MemoryContents,
  type MemoryEntry,
  type MemoryFolderOptions,
  type MemoryRange,
  type MemoryRenameOptions,
  type MemoryWriteOptions,
} from './memory-files.ts'
export type { RemoteFilesUnderTest } from './remote-files-case.ts'
export { untilIdle, type IdleOptions } from './until-idle.ts'
