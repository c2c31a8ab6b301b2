/* The dashboard of a program: attached by a call, or loaded first by `node --import @net/dashboard`. */

import { writeText } from '@net/core/authoring'

import { isPreloaded, preload } from './preload.ts'

export { attach, type Dashboard } from './attach.ts'
export type { AttachOptions } from './attach-options.ts'
export type {
  Lab,
  LabCall,
  LabFiles,
  LabJob,
  LabJobs,
  LabMail,
  LabScenario,
  LabServer,
  LabTable,
} from './lab/lab.ts'

if (isPreloaded(process)) void preload(process, (line) => writeText(process.stderr, line))
