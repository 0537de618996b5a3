import { parseArgs } from 'node:util'
import { createWechatEmulator, type WechatEmulator } from './emulator.ts'
import { resolveOptions, type EmulatorOptions } from './options.ts'

export interface CliContext {
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
  /** Called when the server listens. */
  onListening?: (emulator: WechatEmulator) => void
}

const HELP = `wechat-emulator: a local server that behaves like WeChat's img.superresolution

  --port <number>     port, 0 for a free one (8787)
  --appid <id>        the account's AppID (wx00000000000e0001)
  --secret <secret>   the account's AppSecret
  --removed [kind]    act as if the API were withdrawn: 40066 (default), 404 or html
  --quota <number>    calls of superresolution per day (100)
  --strict            refuse img_url with GET (43002), as some callers reported
  --faults <rate>     share of calls that fail at random, 0 to 1 (0)
  --seed <number>     seed of the random faults (1)
  --help              show this help
`

/** Starts the server and leaves it running. @returns 0, or 2 for invalid arguments */
export async function runCli(argv: readonly string[], { stdout, stderr, onListening }: CliContext): Promise<number> {
  let options: EmulatorOptions | 'help'
  try {
    options = parse(argv)
    if (options !== 'help') resolveOptions(options)
  } catch (error) {
    stderr.write(`${(error as Error).message}\n`)
    return 2
  }
  if (options === 'help') {
    stdout.write(HELP)
    return 0
  }
  const emulator = createWechatEmulator(options)
  try {
    await emulator.listen()
  } catch (error) {
    stderr.write(`${(error as Error).message}\n`)
    return 2
  }
  const [account] = emulator.accounts
  stdout.write(`WeChat emulator listening on ${emulator.url}\n\n`)
  stdout.write(`export WECHAT_BASE_URL=${emulator.url}\n`)
  stdout.write(`export WECHAT_APPID=${account?.appid}\nexport WECHAT_SECRET=${account?.secret}\n`)
  stdout.write('\n# and in the configuration: wechat({ baseUrl: process.env.WECHAT_BASE_URL })\n')
  onListening?.(emulator)
  return 0
}

/** @throws Error for an unknown flag or a value that is not a number */
function parse(argv: readonly string[]): EmulatorOptions | 'help' {
  // `--removed` alone means 40066; parseArgs has no optional values.
  const args = argv.map((arg, index) =>
    arg === '--removed' && !/^(?:40066|404|html)$/.test(argv[index + 1] ?? '') ? '--removed=40066' : arg,
  )
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: {
      port: text,
      appid: text,
      secret: text,
      removed: text,
      quota: text,
      strict: { type: 'boolean' },
      faults: text,
      seed: text,
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const account = {
    ...(values.appid && { appid: values.appid }),
    ...(values.secret && { secret: values.secret }),
    ...(values.quota && { dailyQuota: wholeNumber('--quota', values.quota) }),
  }
  const removed = (values.removed ?? false) as EmulatorOptions['removed'] & {}
  return {
    port: wholeNumber('--port', values.port ?? '8787'),
    accounts: [account],
    removed,
    strict: values.strict ?? false,
    ...(values.faults && { faults: { rate: share('--faults', values.faults), seed: wholeNumber('--seed', values.seed ?? '1') } }),
  }
}

function wholeNumber(flag: string, value: string): number {
  if (/^\d+$/.test(value)) return Number(value)
  throw new Error(`${flag} is '${value}', expected a whole number`)
}

function share(flag: string, value: string): number {
  if (/^(?:0|1|0?\.\d+)$/.test(value)) return Number(value)
  throw new Error(`${flag} is '${value}', expected a number from 0 to 1`)
}
