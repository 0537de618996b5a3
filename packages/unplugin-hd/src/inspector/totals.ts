import type { InspectedImage, Totals } from './data.ts'

export function totalsOf(images: readonly InspectedImage[]): Totals {
  const variants = images.flatMap((image) => image.variants)
  const count = (...states: readonly string[]): number => variants.filter(({ state }) => states.includes(state)).length
  return {
    images: images.length,
    variants: variants.length,
    hits: count('cached'),
    misses: count('encoded', 'made', 'missing', 'failed'),
    failed: images.filter(({ state }) => state === 'failed').length,
    fallbacks: variants.filter(({ fallback }) => fallback).length,
    meteredCalls: sum(images.map(({ metered }) => metered)),
    ms: Math.round(sum(variants.map(({ ms = 0 }) => ms))),
    sourceBytes: sum(images.map(({ source }) => source?.bytes ?? 0)),
    bytes: sum(variants.map(({ bytes = 0 }) => bytes)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
