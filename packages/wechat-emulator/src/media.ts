import { randomBytes } from 'node:crypto'
import { DAY, type Clock } from './clock.ts'
import { Refusal } from './errcodes.ts'

/** How long temporary files are kept. Milliseconds. */
const LIFE = 3 * DAY

export interface Medium {
  /** The file. */
  readonly bytes: Uint8Array
  /** `image/jpeg` or `image/png`. */
  readonly type: string
  /** `jpg` or `png`. */
  readonly extension: string
}

/** The temporary files that `superresolution` creates for `media/get`. */
export class MediaShelf {
  readonly #clock: Clock
  readonly #items = new Map<string, Medium & { appid: string; until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Stores an image for three days. @returns its `media_id`, 64 characters as in the documented sample */
  put(appid: string, medium: Medium): string {
    const id = randomBytes(48).toString('base64url')
    this.#items.set(id, { ...medium, appid, until: this.#clock.now() + LIFE })
    return id
  }

  /** @throws Refusal 40007 for an id that is unknown, expired, or another account's */
  get(appid: string, id: string): Medium {
    const item = this.#items.get(id)
    if (!item || item.appid !== appid || item.until <= this.#clock.now()) throw new Refusal(40007)
    return item
  }
}
