/** The most bytes that wait to be sent: memory is for images. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024

/** So long a build waits at its end for what was not sent yet, in milliseconds. */
const END_MS = 3000

export interface Unsent {
  entries: number
  bytes: number
}

/** What is sent behind the work, and given up when it would hold up the end of a build. */
export class Uploads {
  readonly #waiting = new Set<Promise<void>>()
  #waitingBytes = 0
  #unsent: Unsent = { entries: 0, bytes: 0 }
  #controller = new AbortController()

  /** @param send resolves to whether it was sent */
  add(bytes: number, send: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES && this.#waiting.size > 0) {
      this.#giveUp(bytes)
      return Promise.resolve()
    }
    this.#waitingBytes += bytes
    const sending = send(this.#controller.signal).then((isSent) => {
      this.#waitingBytes -= bytes
      this.#waiting.delete(sending)
      if (!isSent) this.#giveUp(bytes)
    })
    this.#waiting.add(sending)
    return sending
  }

  /** Waits a little, and gives up the rest. @returns what was not sent since the last call */
  async end(): Promise<Unsent> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, END_MS)))
    await Promise.race([Promise.all(this.#waiting), over])
    clearTimeout(timer)
    this.#controller.abort()
    await Promise.all(this.#waiting)
    this.#controller = new AbortController()
    const unsent = this.#unsent
    this.#unsent = { entries: 0, bytes: 0 }
    return unsent
  }

  #giveUp(bytes: number): void {
    this.#unsent.entries++
    this.#unsent.bytes += bytes
  }
}
