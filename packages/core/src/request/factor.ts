/** How many times as wide and high an import may ask an image to be. */
export const FACTORS = [2, 3, 4] as const
export type Factor = (typeof FACTORS)[number]

/** What `?hd` alone asks for. */
export const DEFAULT_FACTOR: Factor = 2

export function isFactor(value: unknown): value is Factor {
  return (FACTORS as readonly unknown[]).includes(value)
}
