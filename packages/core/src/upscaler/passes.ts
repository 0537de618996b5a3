import type { Upscaler } from './upscaler.ts'

/** The factors of an upscaler that declares none. */
export const DEFAULT_FACTORS: readonly number[] = [2]

/**
 * The passes in which an upscaler reaches at least `factor`: as few as possible, and then as small as possible. The excess is
 * reduced afterwards.
 * @returns the factor of each pass: `[2, 2]` for 3 and 4 with an upscaler that doubles
 */
export function passesFor({ factors = DEFAULT_FACTORS }: Pick<Upscaler, 'factors'>, factor: number): readonly number[] {
  for (let count = 1; ; count++) {
    const fitting = combinations(factors, count).filter((passes) => levelOf(passes) >= factor)
    if (fitting.length > 0) return fitting.reduce((best, passes) => (levelOf(passes) < levelOf(best) ? passes : best))
  }
}

/** The product of all passes. */
export function levelOf(passes: readonly number[]): number {
  return passes.reduce((product, pass) => product * pass, 1)
}

function combinations(factors: readonly number[], count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]]
  return combinations(factors, count - 1).flatMap((passes) => factors.map((factor) => [...passes, factor]))
}
