import type { Asset, Hd, HdAsset, HdRequest, Job } from '@unplugin-hd/core'
import type { Origin } from '../../../session/origin.ts'
import type { Session } from '../../../session/session.ts'
import type { Makers } from '../../../shape/makers.ts'
import type { Shape } from '../../../shape/shape.ts'
import { addressOf, type AddressConfig } from './address.ts'

/** What a request will give, before anything is made. */
export interface Plan {
  shape: Shape
  /** The address of each part; `undefined` for the source itself, which Vite serves. */
  addresses: readonly (string | undefined)[]
}

const NO_BYTES = new Uint8Array(0)

/**
 * Plans the shape of a request from the header of the source. The images are made when their addresses are requested.
 * @param file absolute path with `/`
 * @throws Error like {@link Session.load} when the source cannot be enlarged, or is not in the cache with `mode: 'cache-only'`
 */
export async function planShape(
  session: Session,
  config: AddressConfig,
  file: string,
  request: HdRequest,
  origin: Origin | undefined,
): Promise<Plan> {
  const { hd } = session
  const addresses = new Map<Asset, string>()
  const makers: Makers = {
    async enlarge(source, wanted) {
      const job = hd.job(source, wanted)
      const asset = (await findIfNeeded(job, hd, request)) ?? { ...(await job.plan()), key: job.key, bytes: NO_BYTES }
      addresses.set(asset, addressOf(config, file, { ...wanted, scale: job.factor }, job.key))
      return asset
    },
    async original(source, wanted) {
      const job = hd.original(source, wanted)
      if (wanted.format === undefined) return job.make()
      const asset = { ...job.plan, key: job.key, bytes: NO_BYTES }
      addresses.set(asset, addressOf(config, file, { ...wanted, scale: 1 }, job.key))
      return asset
    },
    placeholder: (source) => hd.placeholder(source),
  }
  const shape = await session.load(file, request, origin, makers)
  return { shape, addresses: shape.parts.map(({ asset, original }) => (original ? undefined : addresses.get(asset))) }
}

/** With `cache-only` the image has to exist; `as=meta` knows more about one that does. */
async function findIfNeeded(job: Job, { options }: Hd, { as }: HdRequest): Promise<HdAsset | undefined> {
  if (options.mode === 'cache-only') return job.make()
  return as === 'meta' ? job.find() : undefined
}
