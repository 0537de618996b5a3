/** Whether an `image-set(` before the position in a stylesheet is still open there. */
export function isInImageSet(code: string, position: number): boolean {
  const start = code.lastIndexOf('image-set(', position)
  if (start < 0) return false
  let depth = 0
  for (const [bracket] of code.slice(start, position).matchAll(/[()]/g)) depth += bracket === '(' ? 1 : -1
  return depth > 0
}
