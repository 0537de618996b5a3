import type { ResolvedRemote } from '@unplugin-hd/core'

export interface Access {
  write: boolean
  /** The same in words, with the reason. */
  text: string
}

/** Variables that name a CI; most set `CI` as well. */
const CI_VARIABLES = ['TF_BUILD', 'JENKINS_URL', 'TEAMCITY_VERSION', 'CODEBUILD_BUILD_ID']

/**
 * What may be done with the store. A build of a pull request can run any code, so CI does not write unless its configuration, which
 * pull requests of strangers cannot set, says so.
 */
export function accessOf(
  { mode, setting }: Pick<ResolvedRemote, 'mode' | 'setting'>,
  env: Readonly<Record<string, string | undefined>>,
): Access {
  if (mode === 'read') return { write: false, text: "read (the option 'mode')" }
  if (setting === 'r') return { write: false, text: 'read (UNPLUGIN_HD_REMOTE=r)' }
  if (setting !== 'rw' && isCI(env)) return { write: false, text: 'read (in CI; UNPLUGIN_HD_REMOTE=rw to write)' }
  return { write: true, text: 'read and write' }
}

function isCI(env: Readonly<Record<string, string | undefined>>): boolean {
  const ci = env['CI']
  return (ci !== undefined && !['', '0', 'false'].includes(ci)) || CI_VARIABLES.some((name) => Boolean(env[name]))
}
