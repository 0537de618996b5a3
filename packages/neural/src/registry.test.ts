import { expect, test } from 'vitest'
import { Registry } from './registry.ts'

class Item {
  stops = 0
  async stop(): Promise<void> {
    this.stops++
  }
}

test('users of the same key share one item, and the last release stops it', async () => {
  const registry = new Registry<Item>()
  const [one, other] = [{}, {}]
  const item = registry.borrow('a', one, () => new Item())
  expect(registry.borrow('a', other, () => new Item())).toBe(item)
  expect(registry.borrow('b', other, () => new Item())).not.toBe(item)
  await registry.release(one)
  await registry.release(one)
  expect(item.stops).toBe(0)
  await registry.release(other)
  expect(item.stops).toBe(1)
  expect(registry.borrow('a', one, () => new Item())).not.toBe(item)
})
