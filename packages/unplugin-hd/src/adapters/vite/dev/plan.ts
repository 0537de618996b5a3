import type { Asset, EncodingRequest, Hd, HdRequest } from '@unplugin-hd/core'
import type { Origin } from '../../../origin.ts'
import type { Session } from '../../../session.ts'
import type { Makers, Part, Shape } from '../../../shape.ts'
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
    async double(source, wanted = {}) {
      const asset = (await known(hd, request, source, wanted)) ?? {
        ...(await hd.plan(source, wanted)),
        key: hd.version(source, wanted),
        bytes: NO_BYTES,
      }
      addresses.set(asset, addressOf(config, file, { ...wanted, scale: 2 }, hd.version(source, wanted)))
      return asset
    },
    async original(source, wanted = {}) {
      if (wanted.format === undefined) return hd.original(source)
      const { format, extension, mime } = await hd.plan(source, wanted)
      const key = hd.version(source, wanted)
      const asset = { format, extension, mime, key, bytes: NO_BYTES }
      addresses.set(asset, addressOf(config, file, { ...wanted, scale: 1 }, key))
      return asset
    },
  }
  const { shape } = await session.load(file, request, origin, makers)
  return { shape, address: ({ asset, original }) => (original ? undefined : addresses.get(asset)) }
}

/** What has to be there, or tells more than a plan: `as=meta` of what was made earlier. */
async function known(
  hd: Hd,
  { as }: HdRequest,
  source: Parameters<Hd['double']>[0],
  wanted: EncodingRequest,
): ReturnType<Hd['find']> {
  if (hd.options.mode === 'cache-only') return hd.double(source, wanted)
  return as === 'meta' ? hd.find(source, wanted) : undefined
}
