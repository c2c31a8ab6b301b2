// Compares the public API with that of the last release. Pure: main.ts reads the files.

/** The digest of each package's API text, by package name. */
export type Digests = Readonly<Record<string, string>>

/** The packages whose API differs from the released one, or was never released, though no changeset names them. */
export function unannounced(
  current: Digests,
  released: Digests,
  changesets: readonly string[],
): readonly string[] {
  const announced = new Set(changesets.flatMap(namesIn))
  return Object.keys(current).filter(
    (name) => current[name] !== released[name] && !announced.has(name),
  )
}

/** The packages that the head of a changeset names. */
function namesIn(changeset: string): readonly string[] {
  const head = /^---\n(?<head>.*?)\n---/su.exec(changeset)?.groups?.['head'] ?? ''
  return [...head.matchAll(/^['"]?(?<name>[^'":\s]+)['"]?:/gmu)].map(
    (match) => match.groups?.['name'] ?? '',
  )
}
