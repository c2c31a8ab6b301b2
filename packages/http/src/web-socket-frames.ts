/* What a WebSocket needs of an engine for frames (RFC 6455 section 5): bytes in, events out, and frames out of messages. */

/** What a peer said. */
export interface FrameEvents {
  message(data: string | Uint8Array): void
  ping(data: Uint8Array): void
  pong(data: Uint8Array): void
  /** It closes; 1005 if it said no code. */
  closing(code: number, reason: string): void
}

/** The frames of one WebSocket. */
export interface Frames {
  /** Takes bytes apart; undefined if all events in them have been told, else it resolves then. Rejects with a `FrameFault`. */
  receive(chunk: Uint8Array): Promise<void> | undefined
  /** The next ones give undefined if there is room for more, else they resolve when there is. */
  message(data: string | Uint8Array): Promise<void> | undefined
  ping(data: Uint8Array): Promise<void> | undefined
  pong(data: Uint8Array): Promise<void> | undefined
  close(code: number | undefined, reason: string): Promise<void> | undefined
}

/** What frames are made with. */
export interface FrameParts {
  readonly role: 'client' | 'server'
  readonly maxMessageBytes: number
  /** The extension `permessage-deflate` as the server agreed to it (RFC 7692); undefined without compression. */
  readonly deflate: Readonly<Record<string, unknown>> | undefined
  readonly events: FrameEvents
  /** Gives undefined if there is room for more, else resolves when there is. */
  write(chunks: readonly Uint8Array[]): Promise<void> | undefined
}

/** A peer broke the rules; `closeCode` is what it is told (RFC 6455 section 7.4.1). */
export interface FrameFault extends Error {
  readonly closeCode: number
}

/** Makes the frames of one WebSocket. */
export type MakeFrames = (parts: FrameParts) => Frames
