import type { Hd, HdAsset, HdRequest, Source, VariantRequest } from '@unplugin-hd/core'
import type { Makers } from '../shape/makers.ts'
import { createShape } from '../shape/shape.ts'
import { displayPath } from '../session/origin.ts'
import type { ImageState, InspectedImage, InspectedVariant, Use, VariantState } from './data.ts'
import { messageOf, variantId, type Activity, type Outcome } from './image-log.ts'

/** An image that is referenced. */
export interface WantedImage {
  /** Absolute path. */
  file: string
  requests: readonly HdRequest[]
  uses: readonly Use[]
}

/** An inspected image with what only the server needs. */
export interface Inspected {
  image: InspectedImage
  /** `undefined` when the file cannot be read. */
  source: Source | undefined
  /** In the order of `image.variants`. */
  variants: readonly FoundVariant[]
}

export interface FoundVariant {
  request: VariantRequest
  /** From the cache; `undefined` when it is not there. */
  asset: HdAsset | undefined
  /** Of its job: changes with the content. */
  key: string
}

const NO_BYTES = new Uint8Array(0)

/**
 * Looks at an image: what its references need, and which of that is in the cache. Nothing is made. A file that cannot be read, or not
 * be enlarged, is an image that failed.
 * @param activityOf what became of an image in this run, by its name
 */
export async function inspect(
  hd: Hd,
  { file, requests, uses }: WantedImage,
  activityOf: (name: string) => Activity | undefined,
): Promise<Inspected> {
  const name = displayPath(hd.options.root, file)
  const activity = activityOf(name)
  const image: InspectedImage = {
    name,
    state: 'failed',
    variants: [],
    uses: [...uses],
    problems: [...(activity?.warnings ?? [])],
    metered: activity?.metered ?? 0,
  }
  const found = new Map<string, FoundVariant>()
  let source: Source | undefined
  try {
    source = await hd.source(file)
    for (const request of requests) await createShape(finders(hd, found, image, activity), source, request)
    image.state = stateOf(image.variants, activity)
  } catch (error) {
    image.problems.push(messageOf(error))
  }
  for (const { error } of image.variants) if (error !== undefined && !image.problems.includes(error)) image.problems.push(error)
  if (activity?.fraction !== undefined && image.state === 'making') image.fraction = activity.fraction
  return { image, source, variants: [...found.values()] }
}

/** Finds images instead of making them, and notes each once. */
function finders(hd: Hd, found: Map<string, FoundVariant>, image: InspectedImage, activity: Activity | undefined): Makers {
  return {
    async enlarge(source, wanted) {
      const job = hd.job(source, wanted)
      const request = { factor: job.factor, width: wanted.width, ...job.encoding }
      const id = variantId(request)
      const known = found.get(id)
      const asset = known?.asset ?? (await job.find())
      const planned = asset ?? { ...(await job.plan()), key: job.key, bytes: NO_BYTES }
      image.source = planned.source
      if (!known) {
        found.set(id, { request, asset, key: job.key })
        image.variants.push(variantOf(request, planned, asset !== undefined, activity?.outcomes.get(id)))
      }
      return planned
    },
    async original(source, wanted) {
      const job = hd.original(source, wanted)
      return (await job.find()) ?? { ...job.plan, key: job.key, bytes: NO_BYTES }
    },
    placeholder: async () => '',
  }
}

function variantOf(request: VariantRequest, asset: HdAsset, isFound: boolean, outcome: Outcome | undefined): InspectedVariant {
  const { width, height, upscaler, provisional, isSource } = asset
  const asked = requested(request)
  const facts = { ...asked, width, height, ...(upscaler !== undefined && { upscaler }), fallback: provisional }
  const done = outcome && 'image' in outcome ? outcome.image : undefined
  if (isFound) {
    const own = done?.bytes === asset.bytes.length ? done : undefined
    const state: VariantState = isSource ? 'off' : stateOfDone(own?.cache ?? 'hit')
    return { ...facts, state, bytes: asset.bytes.length, ...(own && { ms: own.ms }) }
  }
  if (outcome && 'error' in outcome) return { ...facts, state: 'failed', fallback: false, error: outcome.error }
  if (!done) return { ...facts, state: 'missing', fallback: false }
  // The cache did not take it, or it is the source because of `onError`.
  const { bytes, ms, upscaler: by } = done
  const made = { ...asked, width: done.width, height: done.height, bytes, ms, fallback: done.provisional }
  return { ...made, state: stateOfDone(done.cache), ...(by !== undefined && { upscaler: by }) }
}

/** The request with a name of its own for the width. */
function requested({ width, ...rest }: VariantRequest): Omit<VariantRequest, 'width'> & { requestedWidth?: number } {
  return { ...rest, ...(width !== undefined && { requestedWidth: width }) }
}

function stateOfDone(cache: 'hit' | 'encoded' | 'made' | 'off'): VariantState {
  return cache === 'hit' ? 'cached' : cache
}

/** What matters most comes first. */
const ORDER: readonly VariantState[] = ['failed', 'missing', 'made', 'encoded', 'cached', 'off']

function stateOf(variants: readonly InspectedVariant[], activity: Activity | undefined): ImageState {
  if (activity && activity.queued + activity.waiting > 0) return activity.working ? 'making' : 'waiting'
  return ORDER.find((state) => variants.some((variant) => variant.state === state)) ?? 'missing'
}
