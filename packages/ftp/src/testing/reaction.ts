/* What a command makes the server do. Types only. */

/** What the server is to do. */
export type Reaction =
  | { readonly kind: 'reply'; readonly text: string; readonly close?: boolean }
  /** Answer, then speak TLS. */
  | { readonly kind: 'tls'; readonly text: string }
  /** Wait for a data connection and tell where. */
  | { readonly kind: 'passive'; readonly extended: boolean }
  /** Connect to the client for the next data connection, if that is where it says. */
  | { readonly kind: 'active'; readonly host: string; readonly port: number; readonly text: string }
  /** Send this over the data connection. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Take everything from the data connection; `store` gives the last reply, `began` is the first, default 150. */
  | {
      readonly kind: 'receive'
      readonly store: (bytes: Uint8Array) => string
      readonly began?: string
    }
  /** End the transfer that is running. */
  | { readonly kind: 'abort' }
