import { formatError, isHdError, type UpscalerCheck } from '@unplugin-hd/core'
import type { Server } from './http/server.ts'
import type { ResolvedOptions } from './options.ts'
import { readSignature } from './signature.ts'
import { tokenOf, withoutSecrets } from './secrets.ts'

/** Of what a server says, in characters. */
const MAX_FACT = 100

/** Asks whether the model is there and ready. Runs nothing. */
export async function checkServer(server: Server, options: ResolvedOptions, signal: AbortSignal): Promise<UpscalerCheck> {
  const { url, model, version, tokenEnv } = options
  const facts: Record<string, string> = {
    server: url,
    model,
    token: tokenOf(options) === undefined ? 'none' : `from ${tokenEnv}`,
  }
  try {
    const begun = performance.now()
    await server.modelIsReady(signal)
    facts['answer'] = `${Math.round(performance.now() - begun)} ms`
    const { metadata, datatype } = await readSignature(server, signal)
    const { versions, platform, inputs } = metadata
    if (version !== undefined || versions.length > 0)
      facts['version'] = version ?? `the server's choice of ${shownVersions(versions, options)}`
    if (platform !== undefined) facts['platform'] = withoutSecrets(platform, options).slice(0, MAX_FACT)
    facts['input'] = `${datatype} [${inputs[0]!.shape.join(', ')}]`
    return { ok: true, facts }
  } catch (error) {
    if (!isHdError(error)) throw error
    return { ok: false, facts: { ...facts, code: error.code }, advice: withoutSecrets(formatError(error), options) }
  }
}

function shownVersions(versions: readonly string[], options: ResolvedOptions): string {
  const text = withoutSecrets(versions.join(', '), options)
  return text.length <= MAX_FACT ? text : `${text.slice(0, MAX_FACT)}…`
}
