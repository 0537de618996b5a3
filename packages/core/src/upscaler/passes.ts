import type { Upscaler } from './upscaler.ts'

/** What an upscaler enlarges by when it does not say. */
export const DEFAULT_FACTORS: readonly number[] = [2]

/**
 * The passes by which an upscaler reaches a factor: as few as possible, and together as little above it as possible. What is
 * above is reduced afterwards.
 * @returns the factor of each pass: `[2, 2]` for 3 and 4 with an upscaler that doubles
 */
export function passesFor({ factors = DEFAULT_FACTORS }: Pick<Upscaler, 'factors'>, factor: number): readonly number[] {
  for (let count = 1; ; count++) {
    const fitting = combinations(factors, count).filter((passes) => levelOf(passes) >= factor)
    if (fitting.length > 0) return fitting.reduce((best, passes) => (levelOf(passes) < levelOf(best) ? passes : best))
  }
}

/** What passes amount to together. */
export function levelOf(passes: readonly number[]): number {
  return passes.reduce((product, pass) => product * pass, 1)
}

function combinations(factors: readonly number[], count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]]
  return combinations(factors, count - 1).flatMap((passes) => factors.map((factor) => [...passes, factor]))
}
