import { hash } from 'node:crypto'
import path from 'node:path'
import { HdError, readWhole, relativePath, type InventoryItem } from '@unplugin-hd/core'

/** A key, or as many of its first digits as nobody writes by accident. */
const KEY_RE = /^[\da-f]{6,64}$/

/**
 * The entries that a file or a key names: all that were made of the image (by its content, or by its name where the file is gone),
 * or the one whose key begins so.
 * @throws HdError `HD_OPTION` when there is none, or a short key could be several
 */
export async function selectEntries(
  word: string,
  items: readonly InventoryItem[],
  { cwd, root }: { cwd: string; root: string },
): Promise<InventoryItem[]> {
  const file = path.resolve(cwd, word)
  const bytes = await readWhole(file).then(
    (read) => read.bytes,
    () => undefined,
  )
  const digest = bytes && hash('sha256', bytes)
  const name = relativePath(root, file)
  const ofImage = items.filter(({ image }) => (digest === undefined ? image?.name === name : image?.digest === digest))
  if (ofImage.length > 0) return ofImage
  const byKey = KEY_RE.test(word) ? items.filter(({ key }) => key.startsWith(word)) : []
  if (byKey.length > 1)
    throw new HdError('HD_OPTION', `${byKey.length} keys begin with '${word}'`, { remedy: 'Write more of it' })
  if (byKey.length === 1) return byKey
  throw new HdError('HD_OPTION', 'the cache has nothing of it', {
    file: word,
    remedy: 'Name an image, or a key, as `hd cache ls` lists them',
  })
}
