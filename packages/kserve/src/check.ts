import { formatError, isHdError, type UpscalerCheck } from '@unplugin-hd/core'
import type { Server } from './http/server.ts'
import type { ResolvedOptions } from './options.ts'
import { readSignature } from './signature.ts'
import { tokenOf, withoutToken } from './token.ts'

/** Asks whether the model is there and ready. Runs nothing. */
export async function checkServer(server: Server, options: ResolvedOptions, signal: AbortSignal): Promise<UpscalerCheck> {
  const { url, model, version, tokenEnv } = options
  const token = tokenOf(options)
  const facts: Record<string, string> = { server: url, model, token: token === undefined ? 'none' : `from ${tokenEnv}` }
  try {
    const begun = performance.now()
    await server.modelIsReady(signal)
    facts['answer'] = `${Math.round(performance.now() - begun)} ms`
    const { metadata, datatype } = await readSignature(server, signal)
    const { versions, platform, inputs } = metadata
    if (version !== undefined || versions.length > 0)
      facts['version'] = version ?? withoutToken(`the server's choice of ${versions.join(', ')}`, token)
    if (platform !== undefined) facts['platform'] = withoutToken(platform, token)
    facts['input'] = `${datatype} [${inputs[0]!.shape.join(', ')}]`
    return { ok: true, facts }
  } catch (error) {
    if (!isHdError(error)) throw error
    return { ok: false, facts: { ...facts, code: error.code }, advice: withoutToken(formatError(error), token) }
  }
}
