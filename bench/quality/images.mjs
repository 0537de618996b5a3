import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** The repository's own: never learnt from, origin in `origin.tsv`. */
export const HELD_OUT = fileURLToPath(new URL('../images', import.meta.url))

/**
 * The images of a folder, with even width and height. Their kind is the folder that they are in; whatever is transparent
 * is of kind `alpha`.
 */
export async function* readImages(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && /\.(png|webp)$/i.test(entry.name))
  for (const file of files.map((entry) => path.join(entry.parentPath, entry.name)).toSorted()) {
    const { isOpaque } = await sharp(file).stats()
    const image = sharp(file).toColourspace('srgb')
    const { data, info } = await (isOpaque ? image.removeAlpha() : image.ensureAlpha())
      .raw()
      .toBuffer({ resolveWithObject: true })
    const kind = isOpaque ? path.basename(path.dirname(file)) : 'alpha'
    yield { name: path.basename(file).replace(/\.\w+$/, ''), kind, ...cropToEven(data, info) }
  }
}

function cropToEven(data, { width, height, channels }) {
  const even = { width: width & ~1, height: height & ~1, channels }
  if (even.width === width && even.height === height) return { ...even, data }
  const rows = new Uint8Array(even.width * even.height * channels)
  for (let y = 0; y < even.height; y++) {
    rows.set(data.subarray(y * width * channels, (y * width + even.width) * channels), y * even.width * channels)
  }
  return { ...even, data: rows }
}
