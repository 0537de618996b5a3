import type { Inspected } from './inspect.ts'

/** Where a dev server has the files of an image. */
export interface Addresses {
  source: string
  /** In the order of the variants; `undefined` for one that is not made, or is the source. */
  variants: readonly (string | undefined)[]
}

/** Adds the addresses to what pages are given. @param addresses `undefined` for an image that the server may not show */
export function withAddresses({ image }: Inspected, addresses: Addresses | undefined): Inspected['image'] {
  if (!addresses) return image
  const variants = image.variants.map((variant, index) => {
    const url = addresses.variants[index]
    return url === undefined ? variant : { ...variant, url }
  })
  return { ...image, url: addresses.source, variants }
}
