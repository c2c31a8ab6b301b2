/* Reading what a process prints. */

import type { Readable } from 'node:stream'

import type { PrintedOutput } from '@net/core/authoring'

/** Collects both outputs; `failed` gets the error of one that cannot be read. */
export function collectOutput(
  { stdout, stderr }: { readonly stdout: Readable; readonly stderr: Readable },
  printed: PrintedOutput,
  failed: (error: Error) => void,
): void {
  for (const output of [stdout, stderr]) output.on('error', failed)
  stdout.on('data', (chunk: Uint8Array) => printed.take('stdout', chunk))
  stderr.on('data', (chunk: Uint8Array) => printed.take('stderr', chunk))
}
