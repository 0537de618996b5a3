/** What the emulator can do to a call instead of answering it correctly. */
export type Fault =
  /** Returns this code and does no work. */
  | { kind: 'errcode'; errcode: number; errmsg?: string }
  /** Closes the connection without an answer, before the work or after it (call counted, image made). */
  | { kind: 'drop'; when: 'before' | 'after' }
  /**
   * Sends only the first part of the body. `whole` announces the full length and closes the connection early; `part` announces
   * the length of the part, so that only decoding reveals the loss. `keep` is a fraction from 0 to 1.
   * @default keep 0.5, announce 'whole'
   */
  | { kind: 'truncate'; keep?: number; announce?: 'whole' | 'part' }
  /** A Content-Length that is off by this many bytes. If it is too large, the connection closes early. */
  | { kind: 'length'; by: number }
  /** An HTML page, as a gateway sends, without any work. @default status 502 */
  | { kind: 'html'; status?: number }
  /** Answers correctly, but only after this many milliseconds or when the promise settles. */
  | { kind: 'slow'; until: number | Promise<unknown> }
  /** Invalidates every token of the caller's account, including this one, as when another client refreshes it. */
  | { kind: 'kill-token' }
  /** `superresolution` returns an image that lacks this many pixels in width and height. @default by 1 */
  | { kind: 'wrong-size'; by?: number }

export type Endpoint = 'token' | 'stable_token' | 'superresolution' | 'media/get' | 'quota/get' | 'rid/get'

/** Random faults, reproducible for the same seed and order of calls. */
export interface RandomFaults {
  /** The share of calls that fail, 0 to 1. */
  rate: number
  /** The faults to choose from, equally likely. @default -1, 502 and a drop before the work; `kill-token` where a token is used; truncation and wrong length for media/get */
  of?: readonly Fault[]
  /** @default every endpoint */
  endpoints?: readonly Endpoint[]
  /** @default 1 */
  seed?: number
}

/** Decides which fault a call gets: the next queued one of its endpoint, otherwise a random one. */
export class Faults {
  readonly #queues = new Map<Endpoint, (Fault | 'ok')[]>()
  readonly #random: RandomFaults | undefined
  #state: number

  constructor(random: RandomFaults | undefined) {
    this.#random = random
    this.#state = random?.seed ?? 1
  }

  /** Appends steps for the next calls of an endpoint, one each. */
  queue(endpoint: Endpoint, steps: readonly (Fault | 'ok')[]): void {
    this.#queues.set(endpoint, [...(this.#queues.get(endpoint) ?? []), ...steps])
  }

  /** Clears the queues. */
  clear(): void {
    this.#queues.clear()
  }

  /** Takes the fault of the next call. */
  next(endpoint: Endpoint): Fault | undefined {
    const queued = this.#queues.get(endpoint)?.shift()
    if (queued !== undefined) return queued === 'ok' ? undefined : queued
    const random = this.#random
    if (!random || (random.endpoints && !random.endpoints.includes(endpoint))) return undefined
    if (this.#draw() >= random.rate) return undefined
    const choice = random.of ?? usual(endpoint)
    return choice[Math.floor(this.#draw() * choice.length)]
  }

  /** mulberry32: a number from 0 to below 1. */
  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Without `drop` after the work: it makes every client pay twice, which tests that count calls do not expect. */
function usual(endpoint: Endpoint): Fault[] {
  const everywhere: Fault[] = [
    { kind: 'errcode', errcode: -1 },
    { kind: 'html', status: 502 },
    { kind: 'drop', when: 'before' },
  ]
  if (endpoint === 'token' || endpoint === 'stable_token') return everywhere
  if (endpoint !== 'media/get') return [...everywhere, { kind: 'kill-token' }]
  return [
    ...everywhere,
    { kind: 'kill-token' },
    { kind: 'truncate' },
    { kind: 'truncate', announce: 'part' },
    { kind: 'length', by: 7 },
  ]
}
