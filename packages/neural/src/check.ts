import { formatError, isHdError, type UpscalerCheck } from '@unplugin-hd/core'
import type { RgbImage } from './image.ts'

export type Facts = Record<string, string | number>

/** Large enough for any model, and small enough to be quick. */
const SIDE = 16

/** Runs a model on a grey square. @param run may add to `facts` */
export async function checkModel(facts: Facts, run: (grey: RgbImage) => Promise<unknown>): Promise<UpscalerCheck> {
  try {
    await run({ width: SIDE, height: SIDE, data: new Uint8Array(3 * SIDE * SIDE).fill(128) })
    return { ok: true, facts }
  } catch (error) {
    if (!isHdError(error)) throw error
    return { ok: false, facts: { ...facts, code: error.code }, advice: formatError(error) }
  }
}
