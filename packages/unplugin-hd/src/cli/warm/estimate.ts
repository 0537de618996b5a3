import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHd, loadSharp, type ResolvedOptions } from '@unplugin-hd/core'

const SIDE = 256
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/**
 * Estimates the time for this many megapixels, in milliseconds, by measuring a small image. `undefined` for a metered upscaler, which is not
 * called for an estimate.
 */
export async function estimateMs(options: ResolvedOptions, megapixels: number): Promise<number | undefined> {
  if (options.upscalers[0]!.metered) return undefined
  const dir = await mkdtemp(path.join(tmpdir(), 'hd-'))
  const hd = createHd({ ...options, root: dir, cache: { dir, maxBytes: options.cache.maxBytes } }, { log: SILENT })
  try {
    const time = async (side: number): Promise<number> => {
      const sharp = await loadSharp()
      const data = Uint8Array.from({ length: 3 * side * side }, (_, at) => (at * 31) % 251)
      const file = path.join(dir, `${side}.png`)
      await writeFile(
        file,
        await sharp(data, { raw: { width: side, height: side, channels: 3 } })
          .png()
          .toBuffer(),
      )
      const source = await hd.source(file)
      const begun = performance.now()
      await hd.job(source, {}).make()
      return performance.now() - begun
    }
    // The first image includes the start.
    const start = await time(16)
    return start + ((await time(SIDE)) * megapixels * 1e6) / SIDE ** 2
  } finally {
    await hd.close()
    await rm(dir, { recursive: true, force: true })
  }
}
