export type SizeName = 'width' | 'height'

/** A `width` or `height` that an element lacks. */
export interface MissingSize {
  name: SizeName
  /** The one that it has, in CSS pixels: the missing one is in proportion to it. Without it, the image's own size is written. */
  relativeTo?: { name: SizeName; value: number }
}

/** The sizes that `as=img` adds to an element. None for an element whose size is an expression or not in pixels. */
export function missingSize({ width, height }: Readonly<Record<string, string>>): MissingSize[] {
  if (width === undefined && height === undefined) return [{ name: 'width' }, { name: 'height' }]
  if (height === undefined) return relativeTo('width', width!, 'height')
  return width === undefined ? relativeTo('height', height, 'width') : []
}

function relativeTo(present: SizeName, text: string, name: SizeName): MissingSize[] {
  return /^\d+$/.test(text) ? [{ name, relativeTo: { name: present, value: Number(text) } }] : []
}
