import { neural } from '@unplugin-hd/neural'
import { quoted, resample, HdError, type Upscaler } from '@unplugin-hd/core'

export interface NamedUpscaler {
  label: string
  upscaler: Upscaler
}

const NAMES = ['resample', 'fast', 'quality', 'config'] as const

/**
 * The upscalers of a list such as `resample,fast`. By default these two, and those of the configuration that are not metered.
 * @param configured those of the configuration
 * @throws HdError `HD_OPTION` for an unknown name
 */
export function namedUpscalers(names: string | undefined, configured: readonly Upscaler[]): NamedUpscaler[] {
  const asked = names?.split(',').map((name) => name.trim()) ?? ['resample', 'fast']
  const chosen = asked.flatMap((name): NamedUpscaler[] => {
    if (name === 'resample') return [{ label: 'resample()', upscaler: resample() }]
    if (name === 'fast' || name === 'quality') return [{ label: `neural(), ${name}`, upscaler: neural({ model: name }) }]
    if (name === 'config') return ofConfiguration(configured)
    throw new HdError('HD_OPTION', `--with has '${name}', allowed are ${quoted(NAMES)}`, { remedy: 'See `hd compare --help`' })
  })
  const others = names === undefined ? ofConfiguration(configured.filter(({ metered }) => !metered)) : []
  const known = new Set<string>()
  return [...chosen, ...others].filter(({ upscaler: { name, version } }) => {
    const isNew = !known.has(`${name} ${version}`)
    known.add(`${name} ${version}`)
    return isNew
  })
}

function ofConfiguration(upscalers: readonly Upscaler[]): NamedUpscaler[] {
  return upscalers.map((upscaler) => ({ label: upscaler.name, upscaler }))
}
