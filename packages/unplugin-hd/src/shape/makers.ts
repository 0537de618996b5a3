import type { Asset, EncodingRequest, Hd, HdAsset, JobRequest, Source } from '@unplugin-hd/core'

/** Makes the images of a shape. */
export interface Makers {
  /** The enlarged image. */
  enlarge(source: Source, request: JobRequest): Promise<HdAsset>
  /** The source at 1x: its own bytes, or in another format. */
  original(source: Source, request: EncodingRequest): Promise<Asset>
  /** A tiny preview as a `data:` URL. */
  placeholder(source: Source): Promise<string>
}

/** The default: reads from the cache, and makes what is missing. */
export function makersOf(hd: Hd): Makers {
  return {
    enlarge: (source, request) => hd.job(source, request).make(),
    original: (source, request) => hd.original(source, request).make(),
    placeholder: (source) => hd.placeholder(source),
  }
}
