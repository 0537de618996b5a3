import { formatError, isHdError, type UpscalerCheck } from '@unplugin-hd/core'
import type { Server } from './http/server.ts'
import type { ResolvedOptions } from './options.ts'
import { readSignature } from './signature.ts'
import { tokenOf, withoutSecrets } from './secrets.ts'

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
      facts['version'] = version ?? withoutSecrets(`the server's choice of ${shownVersions(versions)}`, options)
    if (platform !== undefined) facts['platform'] = withoutSecrets(platform.slice(0, 100), options)
    facts['input'] = `${datatype} [${inputs[0]!.shape.join(', ')}]`
    return { ok: true, facts }
  } catch (error) {
    if (!isHdError(error)) throw error
    return { ok: false, facts: { ...facts, code: error.code }, advice: withoutSecrets(formatError(error), options) }
  }
}

const MAX_VERSIONS = 10

function shownVersions(versions: readonly string[]): string {
  const shown = versions.slice(0, MAX_VERSIONS).map((version) => version.slice(0, 40))
  return [...shown, ...(versions.length > MAX_VERSIONS ? ['…'] : [])].join(', ')
}
