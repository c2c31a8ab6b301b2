// Looks at what a registry has of a package.

interface Packument {
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<
    Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>
  >
}

/** What is wrong with the package there, if anything: its latest version, and its dependencies of the same scope. */
export async function published(
  registry: string,
  name: string,
  version: string,
): Promise<string[]> {
  const response = await fetch(new URL(name.replace('/', '%2f'), registry))
  if (!response.ok) return [`${name} is not published: ${response.status}`]
  const packument = (await response.json()) as Packument
  const latest = packument['dist-tags']['latest']
  const dependencies = Object.entries(packument.versions[version]?.dependencies ?? {})
  const wrong = dependencies.filter(
    ([other, range]) => other.startsWith('@net/') && range !== `^${version}`,
  )
  return [
    ...(latest === version ? [] : [`the latest ${name} is ${latest ?? 'missing'}, not ${version}`]),
    ...wrong.map(([other, range]) => `${name} depends on ${other} ${range}, not ^${version}`),
  ]
}
