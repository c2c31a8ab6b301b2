/* Where a client says that it waits for a data connection (RFC 959, section 4.1.2; RFC 2428). */

/** An address and a port. */
export interface ActiveAddress {
  readonly host: string
  readonly port: number
}

/** That of PORT: six numbers. */
export function portAddress(argument: string): ActiveAddress | undefined {
  const parts = /^\d{1,3}(?:,\d{1,3}){5}$/.test(argument) ? argument.split(',').map(Number) : []
  const [high = NaN, low = NaN] = parts.slice(4)
  return checked(parts.slice(0, 4).join('.'), high * 256 + low)
}

/** That of EPRT: `|1|127.0.0.1|50000|`. */
export function extendedAddress(argument: string): ActiveAddress | undefined {
  const [, host = '', port = ''] = /^\|[12]\|([^|]+)\|(\d{1,5})\|$/.exec(argument) ?? []
  return checked(host, Number(port))
}

/** Below 1024 live the services of the host. */
function checked(host: string, port: number): ActiveAddress | undefined {
  return port >= 1024 && port <= 65_535 ? { host, port } : undefined
}
