/* The fields of SSH's binary formats (RFC 4251, section 5): read one after the other, and written. */

/** Reads fields one after the other. Throws a RangeError where the bytes end too early. */
export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  number(): number {
    // Node's own error may be of another realm.
    if (this.left < LENGTH) throw new RangeError('the number is longer than the data')
    const value = this.#bytes.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  /** So many bytes. */
  bytes(length: number): Buffer {
    if (length > this.left) throw new RangeError('the field is longer than the data')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** Bytes with their length in front. */
  field(): Buffer {
    return this.bytes(this.number())
  }

  /** A field that is text. */
  text(): string {
    return this.field().toString('latin1')
  }

  /** Everything that is left. */
  rest(): Buffer {
    return this.bytes(this.left)
  }
}

/** The values as fields, each with its length in front. */
export function fields(...values: readonly (string | Uint8Array)[]): Buffer {
  const sizes = values.map((value) => Buffer.byteLength(value))
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + LENGTH + size, 0))
  let at = 0
  for (const [index, value] of values.entries()) {
    const size = sizes[index] ?? 0
    at = bytes.writeUInt32BE(size, at)
    if (typeof value === 'string') bytes.write(value, at)
    else bytes.set(value, at)
    at += size
  }
  return bytes
}

/** All fields, one after the other. Throws a RangeError. */
export function allFields(bytes: Uint8Array): readonly Buffer[] {
  const reader = new FieldReader(bytes)
  const found: Buffer[] = []
  while (reader.left > 0) found.push(reader.field())
  return found
}

/** A number of 32 bits. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** How many bytes a length takes. */
const LENGTH = 4
