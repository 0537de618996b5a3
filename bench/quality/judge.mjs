// The figures of one doubled image, and their means.
import { gmsd, luma, psnr, ssim } from './measures.mjs'

/**
 * How like an image its original is, by every measure. Transparent ones are judged as they show on white and on black.
 * @param {{ judge(one: object, other: object): Promise<Record<string, number>> }} [perceptual]
 * @returns {Promise<Record<string, number>>}
 */
export async function judge(doubled, original, perceptual) {
  const grounds = original.channels === 4 ? [255, 0] : [undefined]
  const figures = []
  for (const ground of grounds) {
    const both = [doubled, original].map((each) => (ground === undefined ? each : put(each, ground)))
    const [one, other] = both.map((each) => luma(each))
    const likeness = { psnr: psnr(one, other), ssim: ssim(one, other), gmsd: gmsd(one, other) }
    figures.push({ ...likeness, ...(await perceptual?.judge(both[1], both[0])) })
  }
  return average(figures)
}

/** An image as it shows on a plain ground of that grey. */
function put({ width, height, data }, ground) {
  const opaque = new Uint8Array(3 * width * height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = data[4 * pixel + 3] / 255
    for (let channel = 0; channel < 3; channel++) {
      opaque[3 * pixel + channel] = Math.round(data[4 * pixel + channel] * alpha + ground * (1 - alpha))
    }
  }
  return { width, height, data: opaque }
}

/** The mean of each figure. @param {Record<string, number>[]} figures of the same names */
export function average(figures) {
  const names = Object.keys(figures[0])
  return Object.fromEntries(names.map((name) => [name, figures.reduce((sum, each) => sum + each[name], 0) / figures.length]))
}

/** Rows of single images by kind, condition and method, in the order in which these first come. */
export function means(rows) {
  const groups = new Map()
  for (const { kind, condition, method, image: _, ...figures } of rows) {
    const key = JSON.stringify([kind, condition, method])
    groups.set(key, [...(groups.get(key) ?? []), figures])
  }
  return [...groups].map(([key, figures]) => {
    const [kind, condition, method] = JSON.parse(key)
    return { kind, condition, method, images: figures.length, ...average(figures) }
  })
}
