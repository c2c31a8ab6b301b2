/*
 * What must exist once per process, even when two copies of this package are installed: the clock, the held
 * secrets, the counter of operations.
 */

/** The process-wide value of that name, made by `make` at the first call of any copy. */
export function shared<T>(name: string, make: () => T): T {
  const registry = globalThis as { [key: symbol]: unknown }
  const key = Symbol.for(`net.${name}`)
  registry[key] ??= make()
  return registry[key] as T
}
