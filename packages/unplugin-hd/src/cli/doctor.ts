import {
  cacheFacts,
  errorMessage,
  verifyCache,
  type CacheFacts,
  type Mode,
  type OpenRemote,
  type Upscaler,
  type UpscalerCheck,
} from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import type { HdOptions } from '../options.ts'
import type { CliContext } from './context.ts'
import { readProject } from './project.ts'
import { version } from '../version.ts'

export interface UpscalerDiagnosis extends UpscalerCheck {
  name: string
  metered: boolean
}

/** Plain data, as `hd doctor --json` prints it. */
export interface Diagnosis {
  /** True if no problem was found. */
  ok: boolean
  /** Of this package. */
  version: string
  node: string
  /** `linux-x64` */
  platform: string
  mode: Mode
  /** The configuration file, relative to the project; `null` if there is none and the defaults apply. */
  config: string | null
  cache: CacheFacts & {
    maxBytes: number
    /** Number of damaged entries. */
    damaged: number
    advice?: string
  }
  /** `null` if the project has none. */
  remote: UpscalerCheck | null
  /** In the order of the chain. */
  upscalers: UpscalerDiagnosis[]
}

/** Longer than any working service takes. */
const CHECK_TIMEOUT_MS = 60_000

/**
 * Checks everything that a build in this folder would need. Enlarges and changes nothing.
 * @param config the configuration to read, as the user wrote it. @default that of the project
 * @throws HdError `HD_OPTION`
 */
export async function diagnose({ cwd }: Pick<CliContext, 'cwd'>, config?: string): Promise<Diagnosis> {
  const { options, config: source } = await readProject({ cwd }, config, defaults)
  const { dir, maxBytes } = options.cache
  const damaged = (await verifyCache(dir)).damaged.length
  const cache = { ...(await cacheFacts(dir)), maxBytes, damaged }
  const [remote, ...upscalers] = await Promise.all([checkRemote(options.cache.remote), ...options.upscalers.map(checkUpscaler)])
  const advice = [
    ...(cache.writable ? [] : ['It is not writable, so every build makes its images again']),
    ...(damaged === 0 ? [] : [`${damaged} entries are damaged and count as missing: \`hd cache verify --fix\` deletes them`]),
  ].join('. ')
  return {
    ok: cache.writable && damaged === 0 && (remote?.ok ?? true) && upscalers.every(({ ok }) => ok),
    version: version(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    mode: options.mode,
    config: source,
    cache: { ...cache, ...(advice === '' ? {} : { advice }) },
    remote,
    upscalers,
  }
}

/** Without a configuration: the default upscaler, preceded by WeChat if the environment has credentials for it. */
async function defaults(): Promise<HdOptions> {
  if (!process.env['WECHAT_ACCESS_TOKEN'] && !process.env['WECHAT_APPID']) return {}
  const { wechat } = await import('@unplugin-hd/wechat')
  return { upscaler: [wechat(), neural()] }
}

async function checkRemote(open: OpenRemote | undefined): Promise<UpscalerCheck | null> {
  if (!open) return null
  const told: string[] = []
  const check = await open({ debug: () => undefined, info: () => undefined, warn: (text) => void told.push(text) }).check()
  const advice = [...(check.advice === undefined ? [] : [check.advice]), ...told].join('. ')
  return { ...check, ...(advice === '' ? {} : { advice }) }
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
