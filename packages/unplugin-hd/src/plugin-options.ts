import type { HdOptions } from './options.ts'

/** Under this a plugin carries the options that it was made with. A symbol, because esbuild refuses plugins with keys of their own. */
const OPTIONS = Symbol.for('unplugin-hd.options')

/** The same function, whose plugins carry their options, so that the command line finds them in a configuration. */
export function carryingOptions<Make extends (options?: HdOptions) => object>(make: Make): Make {
  // Every bundler's function takes the options alone.
  return ((options: HdOptions = {}) => {
    const made = make(options)
    for (const plugin of Array.isArray(made) ? made : [made]) plugin[OPTIONS] = options
    return made
  }) as Make
}

/** The options of a plugin that is one of ours; `undefined` for everything else. */
export function optionsOf(plugin: object): HdOptions | undefined {
  return (plugin as { [OPTIONS]?: HdOptions })[OPTIONS]
}
