import { hash } from 'node:crypto'
import path from 'node:path'
import { HdError, readWhole, relativePath, type InventoryItem } from '@unplugin-hd/core'

/** A key, or enough of its first digits to be unlikely as the name of a file. */
const KEY_RE = /^[\da-f]{6,64}$/

/**
 * The entries of an image or a key: all that were made from the image (by its content, or by its name if the file does not exist),
 * or the one whose key starts with the word.
 * @throws HdError `HD_OPTION` if nothing matches, or a short key is ambiguous
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
  if (byKey.length > 1) throw new HdError('HD_OPTION', `${byKey.length} keys begin with '${word}'`, { remedy: 'Use more digits' })
  if (byKey.length === 1) return byKey
  throw new HdError('HD_OPTION', 'the cache has no entry for it', {
    file: word,
    remedy: 'Use an image or a key from `hd cache ls`',
  })
}
