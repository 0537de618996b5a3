/** How bytes get to one kind of store and back. Each method rejects with any error; `toFailure` puts it into words. */
export interface Transport {
  /** @param maxBytes more is not read. @returns `undefined` when it is not there */
  get(key: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>
  put(key: string, bytes: Buffer, signal: AbortSignal): Promise<void>
  has(key: string, signal: AbortSignal): Promise<boolean>
  /** Closes connections; a later request opens new ones. */
  close(): Promise<void>
}
