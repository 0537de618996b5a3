/** The factors that an import can ask for. */
export const FACTORS = [2, 3, 4] as const
export type Factor = (typeof FACTORS)[number]

/** The factor of a plain `?hd`. */
export const DEFAULT_FACTOR: Factor = 2

export function isFactor(value: unknown): value is Factor {
  return (FACTORS as readonly unknown[]).includes(value)
}
