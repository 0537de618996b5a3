import type { Asset, Hd, HdAsset, HdRequest, Job } from '@unplugin-hd/core'
import type { Origin } from '../../../session/origin.ts'
import type { Session } from '../../../session/session.ts'
import type { Makers, Part, Shape } from '../../../shape/shape.ts'
import { addressOf, type Addressing } from './address.ts'

/** The shape of a request with nothing made: the addresses of its parts are answered later. */
export interface Plan {
  shape: Shape
  /** The address of a part; `undefined` for the source itself, which Vite serves. */
  address(part: Part): string | undefined
}

const NO_BYTES = new Uint8Array(0)

/**
 * Says what a request will give, by the header of the source alone.
 * @param file absolute path with `/`
 * @throws Error like {@link Session.load} for what cannot be doubled, and for what is missing with `mode: 'cache-only'`
 */
export async function planShape(
  session: Session,
  config: Addressing,
  file: string,
  request: HdRequest,
  origin: Origin | undefined,
): Promise<Plan> {
  const { hd } = session
  const addresses = new Map<Asset, string>()
  const makers: Makers = {
    async enlarge(source, wanted) {
      const job = hd.job(source, wanted)
      const asset = (await known(job, hd, request)) ?? { ...(await job.plan()), key: job.key, bytes: NO_BYTES }
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
  }
  const { shape } = await session.load(file, request, origin, makers)
  return { shape, address: ({ asset, original }) => (original ? undefined : addresses.get(asset)) }
}

/** What has to be there, or tells more than a plan: `as=meta` of what was made earlier. */
async function known(job: Job, { options }: Hd, { as }: HdRequest): Promise<HdAsset | undefined> {
  if (options.mode === 'cache-only') return job.make()
  return as === 'meta' ? job.find() : undefined
}
