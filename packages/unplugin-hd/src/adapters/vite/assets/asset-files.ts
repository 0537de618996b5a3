import { DEFAULT_FACTOR, isFactor, toQuery, type HdRequest } from '@unplugin-hd/core'
import { normalizePath } from 'unplugin-utils'
import type { ResolvedConfig } from 'vite'
import type { Shape } from '../../../shape/shape.ts'
import { fileName } from '../paths.ts'
import { displayPath } from '../place.ts'
import { createStagedFiles } from '../../staged-files.ts'

/** The files that Vite treats as assets. */
export interface AssetFiles {
  /**
   * The file of each part: an absolute path with `/`. A part that is the source itself stays where it is.
   * @param file absolute path of the source
   * @throws HdError `HD_CACHE_IO`
   */
  filesOf(shape: Shape, file: string, request: HdRequest): Promise<string[]>
  /** The path of a file with these bytes, with `/`. @param key 64 hexadecimal digits @throws HdError `HD_CACHE_IO` */
  stage(asset: { key: string; bytes: Uint8Array }, name: string): Promise<string>
  /** What a project would import to get this staged file: `src/a.jpg?hd`. @param file absolute path with `/` */
  referenceTo(file: string): string | undefined
  /** Removes the files that no build has used for a day. Never fails. */
  sweep(): Promise<void>
}

export function createAssetFiles({ root, cacheDir }: Pick<ResolvedConfig, 'root' | 'cacheDir'>): AssetFiles {
  const staged = createStagedFiles(cacheDir, "Vite's option 'cacheDir'")
  const references = new Map<string, string>()
  const stage: AssetFiles['stage'] = async (asset, name) => normalizePath(await staged.file(asset, name))
  return {
    filesOf: ({ parts }, file, request) =>
      Promise.all(
        parts.map(async ({ asset, name, scale, width, original }) => {
          if (original) return normalizePath(file)
          const stagedFile = await stage(asset, fileName(name))
          references.set(stagedFile, displayPath(root, file) + queryOf(request, scale, width))
          return stagedFile
        }),
      ),
    stage,
    referenceTo: (file) => references.get(file),
    sweep: () => staged.sweep(),
  }
}

/** The query for a single part. There is none for 1x, so its format is given without `hd`. */
function queryOf({ factor: top, formats, quality }: HdRequest, scale: number, width: number | undefined): string {
  const common = { as: 'url', formats, quality, delivery: 'auto' } as const
  if (width) return toQuery({ ...common, factor: top, widths: [width] })
  const factor = isFactor(scale) ? scale : DEFAULT_FACTOR
  const query = toQuery({ ...common, factor })
  return scale === 1 ? query.replace(/^\?hd&?/, '?') : query
}
