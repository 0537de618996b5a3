import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'

export const COUNT = 200

/** Distinct images of 160x120, about 5 kB each. */
export async function writeSources(folder) {
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < COUNT; index++) {
    const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 53) % 256 }
    const noise = { type: 'gaussian', mean: 128, sigma: 20 }
    await sharp({ create: { width: 160, height: 120, channels: 3, background, noise } })
      .blur(1.5)
      .composite([{ input: { create: { width: 60, height: 40, channels: 3, background } }, left: index % 100, top: index % 80 }])
      .jpeg({ quality: 85 })
      .toFile(path.join(folder, `${index}.jpg`))
  }
}

/** A `main.js` that imports all of them. @param {(index: number) => string} specifier */
export async function writeEntry(folder, specifier) {
  await mkdir(folder, { recursive: true })
  const lines = Array.from({ length: COUNT }, (_, index) => `import p${index} from '${specifier(index)}'`)
  const names = Array.from({ length: COUNT }, (_, index) => `p${index}`)
  await writeFile(path.join(folder, 'main.js'), `${lines.join('\n')}\nconsole.log(${names.join(',')})\n`)
}
