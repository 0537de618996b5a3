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
const TIME_UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: HOUR_MS,
  d: 24 * HOUR_MS,
  w: 7 * 24 * HOUR_MS,
}

/** Milliseconds: `90s`, `12h`, `30d`. @throws HdError `HD_OPTION` */
export function parseTime(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const [, number, unit] = /^(\d{1,9})\s*([smhdw])$/i.exec(value.trim()) ?? []
  if (number !== undefined) return Number(number) * TIME_UNITS[unit!.toLowerCase()]!
  throw refuse(`${flag} is '${value}', expected a time such as 30d, 12h or 90s`)
}

/** `100/d`, `5/10s` @throws HdError `HD_OPTION` */
export function parseRate(flag: string, value: string | undefined): { max: number; duration: number } | undefined {
  if (value === undefined) return undefined
  const [, max, count, unit] = /^([1-9]\d{0,8})\/([1-9]\d{0,4})?([smhd])$/i.exec(value.trim()) ?? []
  if (max !== undefined) return { max: Number(max), duration: Number(count ?? 1) * TIME_UNITS[unit!.toLowerCase()]! }
  throw refuse(`${flag} is '${value}', expected a number and a time such as 100/d or 5/10s`)
}

/** `4` @throws HdError `HD_OPTION` */
export function parseCount(flag: string, value: string | undefined, max: number): number | undefined {
  if (value === undefined || (/^[1-9]\d{0,5}$/.test(value) && Number(value) <= max))
    return value === undefined ? undefined : Number(value)
  throw refuse(`${flag} is '${value}', allowed are whole numbers from 1 to ${max}`)
}
