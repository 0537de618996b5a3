import { HdError } from '@unplugin-hd/core'
import { optionalPackage } from '../../optional-package.ts'
import type { Flag } from '../parser/command.ts'

type Module = typeof import('@unplugin-hd/queue')

const PACKAGE = '@unplugin-hd/queue'

const VARIABLE = 'UNPLUGIN_HD_QUEUE'

export const QUEUE_FLAG: Flag & { type: 'string' } = {
  type: 'string',
  value: '<url>',
  text: `a Redis that hands out the work, redis://… or rediss://… (default: the variable ${VARIABLE}, which keeps the password out of the command line)`,
}

/** The URL of the queue; `undefined` without one. @throws HdError `HD_OPTION`, without the URL, which may hold a password */
export function queueUrl(flag: string | undefined): string | undefined {
  const url = flag ?? (process.env[VARIABLE] || undefined)
  if (url === undefined || (URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol) && new URL(url).hostname !== ''))
    return url
  throw new HdError('HD_OPTION', `${flag === undefined ? VARIABLE : '--queue'} is not a redis: or rediss: URL`, {
    remedy: 'Write redis://host:6379',
  })
}

/** @param root absolute path of the project @throws HdError `HD_QUEUE` when the package is not installed */
export function loadQueue(root: string): Promise<Module> {
  return optionalPackage<Module>(PACKAGE, root, { code: 'HD_QUEUE', user: 'a queue', install: `${PACKAGE} bullmq ioredis` })()
}
