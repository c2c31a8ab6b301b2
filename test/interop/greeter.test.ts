import { expect, test } from 'vitest'
import { startGreeter, type GreeterRecipe } from './greeter.ts'

/** Node as a daemon: greets with the first of these words, then at the next start with the second, and so on. */
function greetsWith(words: (word: string) => readonly string[]): {
  readonly ports: readonly number[]
  readonly recipe: GreeterRecipe
} {
  const ports: number[] = []
  const configure: GreeterRecipe['configure'] = ({ port, word }) => {
    const said = JSON.stringify(words(word)[ports.length])
    ports.push(port)
    return [
      '-e',
      `require('node:net').createServer((s) => s.end(${said})).listen(${port}, '127.0.0.1')`,
    ]
  }
  return { ports, recipe: { program: process.execPath, configure } }
}

test('one that answers at the port but is another is not taken for it', async () => {
  const { ports, recipe } = greetsWith((word) => ['220 Somebody else', `220 ${word}`])
  await using greeter = await startGreeter(recipe)
  expect(ports).toHaveLength(2)
  expect(greeter.port).toBe(ports[1])
})

test('one that never comes up fails with what it said', async () => {
  const recipe = {
    program: process.execPath,
    configure: () => ['-e', 'throw new Error("no config")'],
  }
  const error: unknown = await startGreeter(recipe).catch((reason: unknown) => reason)
  expect(error instanceof AggregateError && error.errors).toHaveLength(3)
  expect(String((error as AggregateError).errors[0])).toContain('no config')
})
