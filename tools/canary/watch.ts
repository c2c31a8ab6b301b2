// Listens to everything that the packages publish or print while a test runs, and collects what shows a canary.
// Knows the names of the six channels; does not know what a test is (setup.ts does).
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { findCanary } from './find.ts'

/** Begins to listen. */
export function watch(): void {
  leaks.length = 0
  eventsOff()
  eventsOn()
  for (const method of consoleMethods) console[method] = watchedConsole(method)
  process.stdout.write = watchedWrite(originalStdout, 'stdout')
  process.stderr.write = watchedWrite(originalStderr, 'stderr')
}

/** Ends listening; returns a sentence per leak. */
export function unwatch(): readonly string[] {
  eventsOff()
  for (const method of consoleMethods) console[method] = originalConsole[method]
  process.stdout.write = originalStdout
  process.stderr.write = originalStderr
  return leaks.splice(0)
}

/** Switches the events off for the rest of a test, for one that measures or checks the silent state. */
export function eventsOff(): void {
  for (const channel of channels) unsubscribe(channel, onEvent)
}

function eventsOn(): void {
  for (const channel of channels) subscribe(channel, onEvent)
}

function onEvent(event: unknown, channel: string | symbol): void {
  note(event, `an event of ${String(channel)}`)
  // The end of a failed operation carries its error, which prints in more ways than an event does.
  const error = (event as { readonly error?: unknown }).error
  if (error !== undefined) note(error, `the error of an event of ${String(channel)}`)
}

function note(value: unknown, where: string): void {
  const text = findCanary(value)
  if (text !== undefined) leaks.push(`a canary secret shows in ${where}: ${text}`)
}

function watchedConsole(method: (typeof consoleMethods)[number]): (...parts: unknown[]) => void {
  return (...parts) => {
    note(parts, `console.${method}`)
    originalConsole[method](...parts)
  }
}

function watchedWrite(original: Write, name: string): Write {
  const write = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
    note(chunk, name)
    return original(chunk, ...rest)
  }
  return write
}

type Write = typeof process.stdout.write

const channels = ['net:operation', 'net:phase', 'net:wire', 'net:progress', 'net:retry', 'net:pool']
const consoleMethods = ['debug', 'info', 'log', 'warn', 'error'] as const
const leaks: string[] = []
const originalConsole = { ...console }
const originalStdout: Write = process.stdout.write.bind(process.stdout)
const originalStderr: Write = process.stderr.write.bind(process.stderr)
