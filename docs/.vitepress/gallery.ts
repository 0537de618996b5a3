import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import hd, { neural, resample } from 'unplugin-hd/vite'
import type { Plugin } from 'vite'

/** Images that no upscaler has learnt from; `bench/images/origin.tsv` says where they come from. */
const IMAGES = ['photo/branches', 'photo/castle', 'illustration/wizard', 'text/appointments', 'alpha/octopus']

const SOURCES = path.resolve(import.meta.dirname, '../../bench/images')
const FOLDER = path.resolve(import.meta.dirname, 'cache/gallery')

/** Each upscaler enlarges its own copy of the images. */
const UPSCALERS = {
  fast: () => neural(),
  quality: () => neural({ model: 'quality' }),
  bicubic: () => resample({ interpolator: 'bicubic' }),
}

/** The plugin, once for each upscaler. `theme/ImageGallery.vue` imports what they make. */
export function gallery(): Plugin[] {
  for (const name of Object.keys(UPSCALERS)) {
    const folder = path.join(FOLDER, name)
    mkdirSync(folder, { recursive: true })
    for (const image of IMAGES) copyFileSync(path.join(SOURCES, `${image}.png`), path.join(folder, `${path.basename(image)}.png`))
  }
  const plugins = Object.entries(UPSCALERS).map(([name, upscaler]) =>
    hd({ upscaler: upscaler(), include: path.join(FOLDER, name, '**'), format: 'webp', quality: 92 }),
  )
  return plugins.flat() as Plugin[]
}
