import { hash } from 'node:crypto'
import { FACTORS } from '../request/factor.ts'
import { passesFor } from '../upscaler/passes.ts'
import type { Upscaler } from '../upscaler/upscaler.ts'
import { masterKey, PIPELINE_VERSION } from './key.ts'

/** How masters are made: two machines with the same recipe make the same masters of the same sources. */
export interface Recipe {
  /** Changes when the key of any master would; 64 hexadecimal digits. */
  key: string
  /** For messages: `neural 3, pipeline 2`. */
  text: string
}

/** @param upscalers all of a chain: the later ones make what the earlier ones fail at */
export function recipeOf(upscalers: readonly Upscaler[]): Recipe {
  const keys = upscalers.flatMap((upscaler) => FACTORS.map((factor) => masterKey('', upscaler, passesFor(upscaler, factor))))
  const names = upscalers.map(({ name, version }) => `${name} ${version}`)
  return { key: hash('sha256', JSON.stringify(keys)), text: `${names.join(', ')}, pipeline ${PIPELINE_VERSION}` }
}
