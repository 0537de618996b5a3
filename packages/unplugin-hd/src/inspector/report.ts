import path from 'node:path'
import { throwIfAborted, writeAtomically, type Hd } from '@unplugin-hd/core'
import { readPage, renderDocument } from '../pages.ts'
import { version } from '../version.ts'
import { concurrently } from '../concurrently.ts'
import type { InspectedImage, Report } from './data.ts'
import { detailOf, detailWidth, MAX_DETAILS, type Detail } from './detail.ts'
import { jsonPath } from './report-path.ts'
import type { Activity } from './image-log.ts'
import { inspect, type WantedImage } from './inspect.ts'
import { totalsOf } from './totals.ts'

/** What the page of a report is given. */
export interface PageData {
  report: Report
  /** In the order of the images; `null` where there is none. */
  details: (Detail | null)[]
}

export interface ReportOrder {
  /** In the order of the report. */
  images: readonly WantedImage[]
  /** What became of them in this run, by name. */
  activities: ReadonlyMap<string, Activity>
  /** Of references that lead to no image. */
  problems: readonly string[]
}

/** Images that are looked at at the same time; each keeps a core busy. */
const AT_ONCE = 4

/** Looks at all images. Nothing is made, and no image is held on to. */
export async function createReport(
  hd: Hd,
  { images, activities, problems }: ReportOrder,
  signal: AbortSignal = new AbortController().signal,
): Promise<PageData> {
  const width = detailWidth(images.length)
  const found: { image: InspectedImage; detail: Detail | undefined }[] = []
  await concurrently(images, AT_ONCE, signal, async (wanted, index) => {
    const inspected = await inspect(hd, wanted, (name) => activities.get(name))
    const detail = index < MAX_DETAILS ? await detailOf(inspected, width) : undefined
    found[index] = { image: portable(inspected.image), detail }
  })
  throwIfAborted(signal)
  const all = found.map(({ image }) => image)
  const generator = `unplugin-hd ${version()}`
  return {
    report: { version: 1, generator, totals: totalsOf(all), problems: [...problems], images: all },
    details: found.map(({ detail }) => detail ?? null),
  }
}

/** Without paths of this machine, which are of no use elsewhere. */
function portable(image: InspectedImage): InspectedImage {
  const uses = image.uses.map(({ text, reference, line }) => ({ text, reference, ...(line !== undefined && { line }) }))
  return { ...image, uses }
}

export interface WrittenReport {
  /** Absolute paths. */
  page: string
  json: string
  /** Of the page. */
  bytes: number
}

/** Writes the page and the JSON. @param page absolute path of the page @throws Error when a file cannot be written */
export async function writeReport(page: string, data: PageData): Promise<WrittenReport> {
  const json = jsonPath(page)
  const { images } = data.report.totals
  const text = renderDocument(await readPage('inspector'), {
    title: `Images enlarged by unplugin-hd: ${images}`,
    body: '<noscript>This page shows its images by a script.</noscript>',
    data,
  })
  const html = Buffer.from(text)
  await writeAtomically(path.dirname(page), page, [html])
  await writeAtomically(path.dirname(json), json, [Buffer.from(`${JSON.stringify(data.report, undefined, 2)}\n`)])
  return { page, json, bytes: html.length }
}
