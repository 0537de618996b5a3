import { formatError, isHdError, type Factor, type Hd, type HdAsset, type HdRequest, type OutputFormat } from '@unplugin-hd/core'
import { concurrently } from '../../concurrently.ts'
import type { Makers } from '../../shape/makers.ts'
import { createShape } from '../../shape/shape.ts'

export interface Wanted {
  /** Absolute path. */
  file: string
  request: HdRequest
}

/** An image that is referenced, with results that are missing in the cache. */
export interface MissingImage {
  file: string
  /** The name for messages. */
  name: string
  requests: HdRequest[]
  /** Of the source. */
  megapixels: number
  /** Number of factors for which a metered upscaler would be called. */
  metered: number
  /** What has to be upscaled: masters by their keys, those of small factors first, each with what is made of it. */
  masters: ReadonlyMap<string, EnlargedImage[]>
}

/** An image that is made of a master. */
export interface EnlargedImage {
  factor: Factor
  width: number | undefined
  format: OutputFormat
  quality: number | undefined
}

export interface Survey {
  /** Number of different images. */
  images: number
  missing: MissingImage[]
  failures: string[]
}

const NO_BYTES = new Uint8Array(0)

/** Images looked up at the same time: a remote cache takes a round trip for each. */
const AT_ONCE = 8

/** Looks up all wanted images in the cache. Makes nothing, and keeps no image in memory. */
export async function survey(hd: Hd, wanted: readonly Wanted[], signal: AbortSignal): Promise<Survey> {
  const byFile = new Map<string, Map<string, HdRequest>>()
  for (const { file, request } of wanted) {
    const requests = byFile.get(file) ?? new Map<string, HdRequest>()
    byFile.set(file, requests.set(JSON.stringify(request), request))
  }
  const found: Survey = { images: byFile.size, missing: [], failures: [] }
  const outcomes: (MissingImage | string | undefined)[] = []
  await concurrently([...byFile], AT_ONCE, signal, async ([file, requests], index) => {
    try {
      outcomes[index] = await missingOf(hd, file, [...requests.values()])
    } catch (error) {
      if (!isHdError(error)) throw error
      outcomes[index] = formatError(error)
    }
  })
  for (const outcome of outcomes) {
    if (typeof outcome === 'string') found.failures.push(outcome)
    else if (outcome) found.missing.push(outcome)
  }
  return found
}

async function missingOf(hd: Hd, file: string, requests: readonly HdRequest[]): Promise<MissingImage | undefined> {
  const source = await hd.source(file)
  const result = { file, name: source.name, requests: [] as HdRequest[], megapixels: 0, metered: 0 }
  const masters: [string, EnlargedImage][] = []
  const factors = new Set<number>()
  for (const request of requests) {
    let complete = true
    const makers: Makers = {
      async enlarge(of, wanted): Promise<HdAsset> {
        const job = hd.job(of, wanted)
        const asset = await job.find()
        if (asset) return asset
        complete = false
        const plan = await job.plan()
        result.megapixels = (plan.source.width * plan.source.height) / 1e6
        if (plan.upscaler !== undefined)
          masters.push([job.masterKey, { factor: job.factor, width: wanted.width, ...job.encoding }])
        if (plan.upscaler !== undefined && job.chain[0]!.metered) factors.add(job.factor)
        return { ...plan, key: job.key, bytes: NO_BYTES }
      },
      async original(of, wanted) {
        const job = hd.original(of, wanted)
        const asset = await job.find()
        if (asset) return asset
        complete = false
        return { ...job.plan, key: job.key, bytes: NO_BYTES }
      },
      // Made in no time by whatever needs it.
      placeholder: async () => '',
    }
    await createShape(makers, source, request)
    if (!complete) result.requests.push(request)
  }
  result.metered = factors.size
  return result.requests.length === 0 ? undefined : { ...result, masters: grouped(masters) }
}

function grouped(masters: readonly [string, EnlargedImage][]): Map<string, EnlargedImage[]> {
  const groups = new Map<string, EnlargedImage[]>()
  for (const [key, image] of masters.toSorted(([, a], [, b]) => a.factor - b.factor))
    groups.set(key, [...(groups.get(key) ?? []), image])
  return groups
}
