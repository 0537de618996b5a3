import { FORMAT_FACTS } from '@unplugin-hd/core'
import type { Compiler, RuleSetRule } from 'webpack'
import { EXTENSIONS } from './webpack-request.ts'

type AssetModuleFilename = NonNullable<Compiler['options']['output']['assetModuleFilename']>

/** The rules that turn modules of our private extensions into assets, named as the user names assets. */
export function assetRules({ options }: Compiler): RuleSetRule[] {
  const template = options.output.assetModuleFilename
  // Only a limit that the user set: webpack's own default would inline what most projects emit.
  const limit = options.module.parser['asset']?.['dataUrlCondition'] as unknown
  return EXTENSIONS.flatMap((extension): RuleSetRule[] => {
    const filename = withExtension(template, extension)
    const dataUrl = { mimetype: mimeOf(extension) }
    return [
      limit === undefined
        ? { test: extensionRE(extension), type: 'asset/resource', generator: { filename } }
        : { test: extensionRE(extension), type: 'asset', generator: { filename, dataUrl } },
      { test: extensionRE(`${extension}-file`), type: 'asset/resource', generator: { filename } },
      { test: extensionRE(`${extension}-inline`), type: 'asset/inline', generator: { dataUrl } },
    ]
  })
}

function extensionRE(extension: string): RegExp {
  return new RegExp(`\\.hd-${extension}$`)
}

function mimeOf(extension: string): string {
  return Object.values(FORMAT_FACTS).find((facts) => facts.extension === extension)?.mime ?? `image/${extension}`
}

/** The naming option with our extension for `[ext]`, and no query: it has done its work. */
function withExtension(template: AssetModuleFilename | undefined, extension: string): AssetModuleFilename {
  if (typeof template === 'function') return (...args) => replacePlaceholders(template(...args), extension)
  return replacePlaceholders(template ?? '[hash][ext][query]', extension)
}

function replacePlaceholders(template: string, extension: string): string {
  return template
    .replaceAll('[file]', '[path][base]')
    .replaceAll('[base]', '[name][ext]')
    .replaceAll('[ext]', `.${extension}`)
    .replaceAll(/\[(?:query|fragment)\]/g, '')
}
