interface Lendable {
  stop(): Promise<void>
}

/** What is costly to have twice in a process, by its settings, each with the upscalers that use it. */
export class Registry<T extends Lendable> {
  readonly #entries = new Map<string, { item: T; users: Set<object> }>()

  /** The one for `key`, shared by all who ask for it; made where there is none. `user` holds it until {@link release}. */
  borrow(key: string, user: object, create: () => T): T {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { item: create(), users: new Set() }
      this.#entries.set(key, entry)
    }
    entry.users.add(user)
    return entry.item
  }

  /** Gives back all that the user has borrowed; what has no other user is stopped. */
  async release(user: object): Promise<void> {
    const stopped: Promise<void>[] = []
    for (const [key, { item, users }] of this.#entries) {
      if (!users.delete(user) || users.size > 0) continue
      this.#entries.delete(key)
      stopped.push(item.stop())
    }
    await Promise.all(stopped)
  }
}
