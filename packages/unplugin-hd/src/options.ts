import {
  boolean,
  CORE_OPTIONS,
  guarded,
  oneOf,
  readOptions,
  resolveOptions,
  unchecked,
  type CoreOptions,
  type Option,
  type Options,
  type ResolvedOptions,
} from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { createFilter, type FilterPattern } from 'unplugin-utils'
import { openRemote } from './remote/open-remote.ts'
import { reportPath } from './inspector/report-path.ts'
import { typesPath } from './types/types-file.ts'

/** The options of the plugin, the same in every bundler. */
export interface HdOptions extends CoreOptions {
  /** Files to process (glob patterns or regular expressions for the absolute path). @default every file */
  include?: FilterPattern
  /** Files to ignore; takes precedence over `include`. @default none */
  exclude?: FilterPattern
  /**
   * Applies to dev servers, and to webpack and Rspack in watch mode with `mode: 'development'`. `preview`: metered upscalers are
   * skipped; the rest of the chain or `resample()` makes the images. `full`: as in a build.
   * @default 'preview'
   */
  dev?: DevMode
  /**
   * Writes declarations for all queries in the package that `unplugin-hd/client` does not cover. A path relative to the nearest
   * `package.json`, or `true` for `src/unplugin-hd.d.ts` (without `src`: `unplugin-hd.d.ts`). Commit the file.
   * @default false
   */
  dts?: boolean | string
  /**
   * Writes a page that shows all images of a build before and after, and their facts as JSON beside it. A path relative to the
   * nearest `package.json` that ends in `.html`, or `true` for `hd-report.html`. Vite's dev server writes none: there `/__hd/` shows them.
   * @default false
   */
  report?: boolean | string
  /**
   * For tests: imports have the shape and the sizes of a build, and URLs that do not change with the image (`/src/hero@2x.jpg`).
   * Nothing is upscaled or emitted. References that need a file (`url()`, `new URL()`, `require()`, pages) get the source, as with
   * `mode: 'off'`.
   * @default false
   */
  stub?: boolean
}

export const DEV_MODES = ['preview', 'full'] as const
export type DevMode = (typeof DEV_MODES)[number]

export interface ResolvedHdOptions extends ResolvedOptions {
  /** Whether a file is to be processed (absolute path). */
  accepts: (file: string) => boolean
  dev: DevMode
  /** Absolute path; `undefined`: no file is written. */
  dts: string | undefined
  /** Absolute path; `undefined`: no report is written. */
  report: string | undefined
  stub: boolean
}

interface OwnOptions {
  include: FilterPattern | undefined
  exclude: FilterPattern | undefined
  dev: DevMode
  dts: boolean | string
  report: boolean | string
  stub: boolean
}

const OWN_OPTIONS: Options<OwnOptions> = {
  include: unchecked(),
  exclude: unchecked(),
  dev: oneOf(DEV_MODES, 'preview'),
  dts: { ...guarded('true, false or a path', isDts), default: false } as Option<boolean | string>,
  report: { ...guarded("true, false or a path that ends in '.html'", isReport), default: false } as Option<boolean | string>,
  stub: boolean(false),
}

/**
 * Resolves the options.
 * @param root absolute path of the project; paths and patterns are relative to it
 * @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed
 */
export function resolveHdOptions(options: HdOptions, root: string): ResolvedHdOptions {
  const { include, exclude, dev, dts, report, stub } = readOptions('unplugin-hd', options, { ...CORE_OPTIONS, ...OWN_OPTIONS })
  const core = Object.fromEntries(Object.entries(options).filter(([key]) => Object.hasOwn(CORE_OPTIONS, key)))
  const resolved = resolveOptions(core, { root, env: process.env, defaultUpscaler: neural, remote: openRemote })
  const typesFile = dts === false ? undefined : typesPath(dts, root)
  return {
    ...resolved,
    dev,
    dts: typesFile,
    report: report === false ? undefined : reportPath(report, root),
    stub,
    accepts: createFilter(include, exclude, { resolve: root }),
  }
}

function isReport(value: unknown): value is boolean | string {
  return typeof value === 'boolean' || (typeof value === 'string' && value.endsWith('.html'))
}

function isDts(value: unknown): value is boolean | string {
  return typeof value === 'boolean' || (typeof value === 'string' && value !== '')
}
