/* What is data and nothing else: an object literal, or what JSON gives. It must not know what the data is for. */

/** Whether the value is an object of no class, also one without a prototype, and one of another realm, such as a vm context. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || isForeign(prototype as object)
}

/** Whether it is the `Object.prototype` of another realm: the only one that inherits nothing and has this method. */
function isForeign(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}
