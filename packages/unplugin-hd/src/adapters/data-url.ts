import type { Part } from '../shape/part.ts'

/** A `data:` URL as a JavaScript expression. */
export function dataUrl({ asset }: Part): string {
  return JSON.stringify(`data:${asset.mime};base64,${Buffer.from(asset.bytes).toString('base64')}`)
}
