// Everything that an iterable gives, as a list.

/** Reads the iterable to its end. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const each of iterable) all.push(each)
  return all
}
