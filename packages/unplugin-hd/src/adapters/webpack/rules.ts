import { mimeOf } from '@unplugin-hd/core'
import type { RuleSetRule } from 'webpack'
import type { AssetModuleFilename, Compiler } from './compiler.ts'
import { EXTENSIONS, VALUE_RE } from './request.ts'

/** For `dataUrlCondition`, in bytes. webpack takes a function too, Rspack does not. */
const EVERYTHING = { maxSize: 2 ** 31 - 1 }
const NOTHING = { maxSize: 0 }

/**
 * The rules that turn modules of our private extensions into assets, named as the user names assets. Whether they are
 * inlined is said by a parser option and not by the type, because `asset` alone takes every generator option: a rule of the
 * user's that catches all files may add some.
 * @param outputPath where they are written, relative to the compiler's folder
 */
export function assetRules({ options }: Compiler, outputPath?: string): RuleSetRule[] {
  const template = options.module.generator.asset?.filename ?? options.output.assetModuleFilename
  // Only a limit that the user set: webpack's own default would inline what most projects emit.
  const limit = (options.module.parser.asset?.dataUrlCondition ?? NOTHING) as typeof NOTHING
  const rules = EXTENSIONS.flatMap((extension): RuleSetRule[] => {
    const generator = {
      ...options.module.generator['asset/resource'],
      ...(outputPath !== undefined && { outputPath }),
      filename: withExtension(template, extension),
      dataUrl: { mimetype: mimeOf(extension) },
    }
    const rule = (suffix: string, dataUrlCondition: typeof NOTHING): RuleSetRule => ({
      test: extensionRE(extension + suffix),
      type: 'asset',
      sideEffects: false,
      parser: { dataUrlCondition },
      generator,
    })
    return [rule('', limit), rule('-file', NOTHING), rule('-inline', EVERYTHING)]
  })
  return [...rules, { test: VALUE_RE, type: 'javascript/esm', sideEffects: false }]
}

function extensionRE(extension: string): RegExp {
  return new RegExp(`\\.hd-${extension}$`)
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
