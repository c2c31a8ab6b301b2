// The ```python examples of a document, each with the heading above it and what it says that it prints. Runs nothing.

/** An example. */
export interface PythonFence {
  /** The heading that it stands under. */
  readonly heading: string
  /** Line of its first line in the document, from 1. */
  readonly line: number
  readonly code: string
  /** What the `# => …` behind its lines say, in their order. */
  readonly prints: readonly string[]
}

/** The examples, in their order. */
export function pythonFences(markdown: string): readonly PythonFence[] {
  const fences: PythonFence[] = []
  const lines = markdown.split('\n')
  let heading = ''
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('## ')) heading = line.slice(3)
    if (line !== '```python') continue
    const body = lines.slice(index + 1, lines.indexOf('```', index))
    const prints = body.flatMap((each) => /# => (?<value>.*)$/u.exec(each)?.groups?.['value'] ?? [])
    fences.push({ heading, line: index + 2, code: body.join('\n'), prints })
  }
  return fences
}
