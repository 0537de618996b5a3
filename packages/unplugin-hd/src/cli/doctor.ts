import path from 'node:path'
import { cacheFacts, errorMessage, type CacheFacts, type Mode, type Upscaler, type UpscalerCheck } from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { resolveHdOptions, type HdOptions } from '../options.ts'
import { cacheRoot } from './cache-root.ts'
import { projectOptions } from './config/project-options.ts'
import type { CliContext } from './context.ts'
import { version } from './version.ts'

export interface UpscalerDiagnosis extends UpscalerCheck {
  name: string
  metered: boolean
}

/** Plain data, as `hd doctor --json` prints it. */
export interface Diagnosis {
  /** Nothing was found that a build would stumble over. */
  ok: boolean
  /** Of this package. */
  version: string
  node: string
  /** `linux-x64` */
  platform: string
  mode: Mode
  /** Where the options come from: a file, relative to the project; `null`: there is none, so the defaults count. */
  config: string | null
  cache: CacheFacts & { maxBytes: number; advice?: string }
  /** In the order in which a build asks them. */
  upscalers: UpscalerDiagnosis[]
}

/** Longer than any answer of a service that is well. */
const CHECK_TIMEOUT_MS = 60_000

/**
 * Looks at all that a build in this folder would need. Nothing is doubled, and nothing is changed.
 * @param config the configuration to be read, as the user wrote it. @default that of the project
 * @throws HdError `HD_OPTION`
 */
export async function diagnose({ cwd }: Pick<CliContext, 'cwd'>, config?: string): Promise<Diagnosis> {
  const { root, cacheDir } = cacheRoot(cwd, process.env)
  const project = await projectOptions(root, config === undefined ? undefined : path.resolve(cwd, config))
  const options = resolveHdOptions(project?.options ?? (await defaults(cacheDir)), project?.root ?? root)
  const cache = { ...(await cacheFacts(options.cache.dir)), maxBytes: options.cache.maxBytes }
  const upscalers = await Promise.all(options.upscalers.map(checkUpscaler))
  const unwritable = cache.writable ? {} : { advice: 'It cannot be written: images are made again in every build' }
  return {
    ok: cache.writable && upscalers.every(({ ok }) => ok),
    version: version(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    mode: options.mode,
    config: project?.config ?? null,
    cache: { ...cache, ...unwritable },
    upscalers,
  }
}

/** Without a configuration: the default upscaler, and before it WeChat, where the environment has credentials for it. */
async function defaults(dir: string | undefined): Promise<HdOptions> {
  const cache = dir === undefined ? {} : { dir }
  if (!process.env['WECHAT_ACCESS_TOKEN'] && !process.env['WECHAT_APPID']) return { cache }
  const { wechat } = await import('@unplugin-hd/wechat')
  return { cache, upscaler: [wechat(), neural()] }
}

async function checkUpscaler(upscaler: Upscaler): Promise<UpscalerDiagnosis> {
  const { name, metered = false } = upscaler
  try {
    const check = await upscaler.check?.({ signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) })
    return { name, metered, ...(check ?? { ok: true, facts: {} }) }
  } catch (error) {
    return { name, metered, ok: false, facts: {}, advice: errorMessage(error) }
  } finally {
    await upscaler.close?.()
  }
}
