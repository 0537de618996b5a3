import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

export interface AwsCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string | undefined
}

export interface AwsConfig {
  /** `undefined`: there are none. */
  credentials: AwsCredentials | undefined
  endpoint: string | undefined
  region: string | undefined
}

/**
 * What the AWS tools would use: variables first, then the profile in the shared files. Not read: sign-on sessions, roles of
 * containers and instances, and processes, which `aws configure export-credentials` puts into variables.
 */
export async function readAwsConfig(env: Env): Promise<AwsConfig> {
  const profile = await readProfile(env)
  const pick = (variable: string, setting: string): string | undefined => (env[variable] || undefined) ?? profile.get(setting)
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] || undefined
  // Never half from here and half from there.
  const credentials = accessKeyId
    ? toCredentials(accessKeyId, env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN'])
    : toCredentials(profile.get('aws_access_key_id'), profile.get('aws_secret_access_key'), profile.get('aws_session_token'))
  return {
    credentials,
    endpoint: (env['AWS_ENDPOINT_URL_S3'] || undefined) ?? pick('AWS_ENDPOINT_URL', 'endpoint_url'),
    region: (env['AWS_REGION'] || undefined) ?? pick('AWS_DEFAULT_REGION', 'region'),
  }
}

function toCredentials(
  id: string | undefined,
  secret: string | undefined,
  token: string | undefined,
): AwsCredentials | undefined {
  return id && secret ? { accessKeyId: id, secretAccessKey: secret, sessionToken: token || undefined } : undefined
}

/** The settings of the profile in both files; those of the credentials file come first. */
async function readProfile(env: Env): Promise<Map<string, string>> {
  const home = env['HOME'] || env['USERPROFILE'] || homedir()
  const profile = env['AWS_PROFILE'] || 'default'
  const configFile = env['AWS_CONFIG_FILE'] || path.join(home, '.aws', 'config')
  const credentialsFile = env['AWS_SHARED_CREDENTIALS_FILE'] || path.join(home, '.aws', 'credentials')
  const [config, credentials] = await Promise.all([readText(configFile), readText(credentialsFile)])
  return new Map([
    ...parseSection(config, profile === 'default' ? ['default', 'profile default'] : [`profile ${profile}`]),
    ...parseSection(credentials, [profile]),
  ])
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}

/** The settings of a section of an INI file; nested ones, which are indented, are left out. */
function parseSection(text: string, names: readonly string[]): Map<string, string> {
  const settings = new Map<string, string>()
  let inside = false
  for (const line of text.split(/\r?\n/)) {
    const section = /^\[\s*(.+?)\s*\]/.exec(line)?.[1]
    if (section !== undefined) inside = names.includes(section.replace(/\s+/g, ' '))
    const [, name, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (inside && name !== undefined && value !== undefined && value !== '') settings.set(name.toLowerCase(), value)
  }
  return settings
}
