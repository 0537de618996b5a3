/** What the emulator can do to a call instead of, or after, answering it rightly. */
export type Fault =
  /** Answers this code, and does no work. */
  | { kind: 'errcode'; errcode: number; errmsg?: string }
  /** Closes the connection without an answer: before anything was done, or after (quota spent, image made). */
  | { kind: 'drop'; when: 'before' | 'after' }
  /**
   * Sends only the first part of the body. `whole` announces the length of the whole one and closes the connection early;
   * `part` announces the length of the part, so that only decoding shows the loss. `keep` is a fraction from 0 to 1.
   * @default keep 0.5, announce 'whole'
   */
  | { kind: 'truncate'; keep?: number; announce?: 'whole' | 'part' }
  /** A Content-Length that is wrong by so many bytes; with more than there are, the connection closes before the end. */
  | { kind: 'length'; by: number }
  /** A page of HTML from a gateway, and no work done. @default status 502 */
  | { kind: 'html'; status?: number }
  /** Answers rightly, but only after so many milliseconds or when the promise settles. */
  | { kind: 'slow'; until: number | Promise<unknown> }
  /** Another client refreshed the token: every token of the caller's account is dead, this one included. */
  | { kind: 'kill-token' }
  /** `superresolution` makes an image that is so many pixels too narrow and too low. @default by 1 */
  | { kind: 'wrong-size'; by?: number }

export type Endpoint = 'token' | 'stable_token' | 'superresolution' | 'media/get' | 'quota/get' | 'rid/get'

/** Faults by chance, the same ones for the same seed and order of calls. */
export interface RandomFaults {
  /** The part of the calls that is hit, from 0 to 1. */
  rate: number
  /** Drawn from with equal chance. @default -1, 502 and a drop before the work; `kill-token` where a token is used; truncation and wrong length for media/get */
  of?: readonly Fault[]
  /** @default every endpoint */
  endpoints?: readonly Endpoint[]
  /** @default 1 */
  seed?: number
}

/** Which fault a call meets: what was queued for its endpoint first, else what chance says. */
export class Faults {
  readonly #queues = new Map<Endpoint, (Fault | 'ok')[]>()
  readonly #random: RandomFaults | undefined
  #state: number

  constructor(random: RandomFaults | undefined) {
    this.#random = random
    this.#state = random?.seed ?? 1
  }

  /** Appends what the next calls of an endpoint meet, one each. */
  queue(endpoint: Endpoint, steps: readonly (Fault | 'ok')[]): void {
    this.#queues.set(endpoint, [...(this.#queues.get(endpoint) ?? []), ...steps])
  }

  /** Forgets what is queued. */
  clear(): void {
    this.#queues.clear()
  }

  /** The fault of the next call, which is thereby used up. */
  next(endpoint: Endpoint): Fault | undefined {
    const queued = this.#queues.get(endpoint)?.shift()
    if (queued !== undefined) return queued === 'ok' ? undefined : queued
    const random = this.#random
    if (!random || (random.endpoints && !random.endpoints.includes(endpoint))) return undefined
    if (this.#draw() >= random.rate) return undefined
    const choice = random.of ?? usual(endpoint)
    return choice[Math.floor(this.#draw() * choice.length)]
  }

  /** mulberry32: a number from 0 up to 1. */
  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `drop` after the work is left out here: it makes any client pay twice, so who counts calls must ask for it. */
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
