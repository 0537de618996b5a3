import type { HdOptions } from './options.ts'

/** The key under which a plugin carries its options. A symbol, because esbuild rejects plugins with unknown string keys. */
const OPTIONS = Symbol.for('unplugin-hd.options')

/** Wraps a plugin function so that its plugins carry their options, for the CLI to find in a configuration. */
export function carryingOptions<Make extends (options?: HdOptions) => object>(make: Make): Make {
  // Every bundler's function takes only the options.
  return ((options: HdOptions = {}) => {
    const made = make(options)
    for (const plugin of Array.isArray(made) ? made : [made]) carryOptions(plugin, options)
    return made
  }) as Make
}

/** Makes a plugin, or a configuration, carry options. Frameworks that check their configuration do not see them. */
export function carryOptions<Carrier extends object>(carrier: Carrier, options: HdOptions): Carrier {
  return Object.defineProperty(carrier, OPTIONS, { value: options, configurable: true })
}

/** The options of one of our plugins; `undefined` for anything else. */
export function optionsOf(plugin: object): HdOptions | undefined {
  return (plugin as { [OPTIONS]?: HdOptions })[OPTIONS]
}
