/* A stage that records the steps of a scenario. */

import type { Stage } from '../src/scenario.ts'

export function recordingStage(): { readonly stage: Stage; readonly lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    stage: {
      sent: (text) => void lines.push(`→ ${text}`),
      received: (text) => void lines.push(`← ${text}`),
      progress: (done, total) => void lines.push(`${done} of ${total}`),
    },
  }
}
