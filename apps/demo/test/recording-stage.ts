/* A stage that keeps what a scenario tells. */

import type { Stage } from '../src/scenario.ts'

export function recordingStage(): { readonly stage: Stage; readonly told: string[] } {
  const told: string[] = []
  return {
    told,
    stage: {
      sent: (text) => void told.push(`→ ${text}`),
      received: (text) => void told.push(`← ${text}`),
      progress: (done, total) => void told.push(`${done} of ${total}`),
    },
  }
}
