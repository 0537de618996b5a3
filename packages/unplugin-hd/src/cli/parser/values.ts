import { canonicalFormat, FACTORS, isOutputFormat, OUTPUT_FORMATS, type Factor, type OutputFormat } from '@unplugin-hd/core'
import { refuse } from './parse.ts'

/** `80` @throws HdError `HD_OPTION` */
export function parseQuality(value: string | undefined): number | undefined {
  if (value === undefined || /^(?:[1-9]\d?|100)$/.test(value)) return value === undefined ? undefined : Number(value)
  throw refuse(`--quality is '${value}', allowed are whole numbers from 1 to 100`)
}

/** `jpg` @throws HdError `HD_OPTION` */
export function parseFormat(value: string | undefined): OutputFormat | undefined {
  const format = value === undefined ? undefined : canonicalFormat<string>(value)
  if (format === undefined || isOutputFormat(format)) return format
  throw refuse(`--format is '${value}', allowed are ${OUTPUT_FORMATS.join(', ')}`)
}

/** `3` @throws HdError `HD_OPTION` */
export function parseFactor(value: string | undefined): Factor | undefined {
  const factor = value === undefined ? undefined : FACTORS.find((each) => String(each) === value.replace(/x$/, ''))
  if (factor !== undefined || value === undefined) return factor
  throw refuse(`--factor is '${value}', allowed are ${FACTORS.join(', ')}`)
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 }

/** Bytes: `500MB`, `1.5 GB`, `4096`; units of 1000. @throws HdError `HD_OPTION` */
export function parseBytes(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmg]?b?)$/i.exec(value.trim()) ?? []
  if (number !== undefined) return Math.round(Number(number) * SIZE_UNITS[unit!.toLowerCase()]!)
  throw refuse(`${flag} is '${value}', expected a size such as 500MB, 1.5GB or 4096`)
}

const HOUR_MS = 3_600_000
const AGE_UNITS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS }

/** Milliseconds: `30d`, `12h`, `2w`. @throws HdError `HD_OPTION` */
export function parseAge(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const [, number, unit] = /^(\d+)\s*([hdw])$/i.exec(value.trim()) ?? []
  if (number !== undefined) return Number(number) * AGE_UNITS[unit!.toLowerCase()]!
  throw refuse(`${flag} is '${value}', expected a time such as 30d, 12h or 2w`)
}
