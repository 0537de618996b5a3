import type { HdAsset } from '@unplugin-hd/core'
import type { Session } from '../../session/session.ts'
import type { Shape } from '../../shape/shape.ts'
import { STUB_PLACEHOLDER } from '../../shape/stub.ts'

/** The longer side of the blur in Next.js, in its own pixels. */
const BLUR_SIDE = 8

/** True for a reference that says with `as` what it gives; others, and `as=asset`, give an image object. */
export function namesShape(reference: string): boolean {
  const as = new URLSearchParams(reference.slice(reference.indexOf('?') + 1).split('#', 1)[0]).get('as')
  return as !== null && as !== 'asset'
}

/**
 * Makes the value of an import without `as` in Next.js, `StaticImageData`: the URL of the enlarged image and the size of the source, so
 * that `<Image>` lays it out in CSS pixels.
 * @param file absolute path of the source
 */
export function staticImage(session: Session, file: string): (shape: Shape) => Promise<Shape['expression']> {
  return async ({ parts }) => {
    const { width, height } = (parts[0]!.asset as HdAsset).source
    const blurDataURL = session.stub ? STUB_PLACEHOLDER : await session.hd.placeholder(await session.hd.source(file))
    const scale = BLUR_SIDE / Math.max(width, height)
    const [blurWidth, blurHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)))
    const facts = JSON.stringify({ width, height, blurDataURL, blurWidth, blurHeight })
    return ([url]) => `{ src: ${url}, ...${facts} }`
  }
}
