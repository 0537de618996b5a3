interface Lendable {
  stop(): Promise<void>
}

/** Resources shared by upscalers with equal settings, with reference counting. */
export class Registry<T extends Lendable> {
  readonly #entries = new Map<string, { item: T; users: Set<object> }>()

  /** Returns the item for `key`, created on first use. `user` holds it until {@link release}. */
  borrow(key: string, user: object, create: () => T): T {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { item: create(), users: new Set() }
      this.#entries.set(key, entry)
    }
    entry.users.add(user)
    return entry.item
  }

  /** Releases all items of the user. Items without other users are stopped. */
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
