import type { InspectedImage } from './data.ts'

/** What a dev server tells its pages. */
export interface Changes {
  /** `images` are all there are; what else the page knows is gone. */
  all: boolean
  images: InspectedImage[]
  /** Names of images that are no longer there. */
  gone: string[]
  /** Every image was looked at. */
  isComplete: boolean
  /** References that lead to no image, and wrong queries. */
  problems: string[]
}
