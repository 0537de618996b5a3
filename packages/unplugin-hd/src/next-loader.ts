import type { LoaderContext } from 'webpack'
import { loadImage } from './adapters/next/load-image.ts'
import { loadSource, SASS_RE, SCRIPT_RE, STYLE_RE, warnOfSass } from './adapters/next/source-file.ts'
import type { LoaderOptions } from './adapters/next/loader-options.ts'
import { loaderSession } from './adapters/next/turbopack-sessions.ts'

/** The loader receives and returns bytes. */
export const raw = true

/** The loader for Turbopack. */
export default function nextLoader(this: LoaderContext<LoaderOptions>, content: Buffer): void {
  const callback = this.async()
  load(this, content).then((result) => callback(null, result), callback)
}

async function load(context: LoaderContext<LoaderOptions>, content: Buffer): Promise<Buffer | string> {
  const { resourcePath, resourceQuery, rootContext } = context
  const { session, takeWarnings } = loaderSession(context.getOptions(), rootContext)
  try {
    if (SASS_RE.test(resourcePath)) {
      await warnOfSass(session, resourcePath)
      return content
    }
    if (STYLE_RE.test(resourcePath) || SCRIPT_RE.test(resourcePath))
      return await loadSource(session, resourcePath, content.toString())
    return await loadImage(session, resourcePath, resourceQuery, content)
  } finally {
    for (const text of takeWarnings()) context.emitWarning(Object.assign(new Error(text), { stack: '' }))
  }
}
