import {
  createHd,
  DiskStore,
  errorMessage,
  HdError,
  isHdError,
  visible,
  type InventoryItem,
  type Logger,
  type RemoteStore,
  type Traffic,
} from '@unplugin-hd/core'
import { createLiveLine } from '../../progress/live-line.ts'
import { concurrently } from '../../concurrently.ts'
import type { CliContext } from '../context.ts'
import type { Project } from '../project.ts'
import { collectReferences } from '../warm/collect.ts'
import { survey, type Wanted } from '../warm/survey.ts'
import { entriesOf } from './facts.ts'

const AT_ONCE = 8

/** After so many failures in a row the rest would fail as well. */
const MAX_FAILURES = 3

/** The remote cache of the project. @throws HdError `HD_OPTION` when it has none, `HD_REMOTE` when its package is not installed */
export function remoteOf({ options }: Project, { stderr }: Pick<CliContext, 'stderr'>): RemoteStore {
  if (options.cache.remote) return options.cache.remote(logTo(stderr))
  throw new HdError('HD_OPTION', "the project has no remote cache: 'cache.remote' is not set, or UNPLUGIN_HD_REMOTE is 'off'")
}

export interface Pushed {
  sent: number
  bytes: number
  /** The remote cache had them. */
  present: number
  failures: string[]
}

/**
 * Sends entries of the local cache that the remote one lacks.
 * @param ofProject only those of images that the project refers to
 * @throws HdError `HD_OPTION`, `HD_REMOTE` when it is read-only or keeps failing
 */
export async function push(project: Project, ofProject: boolean, context: CliContext): Promise<Pushed> {
  const { stderr, signal } = context
  const remote = remoteOf(project, context)
  const { dir } = project.options.cache
  const store = new DiskStore(dir)
  const digests = ofProject ? await digestsOf(project) : undefined
  // What does not say of which image it is would be refused by whoever fetches it.
  const items = (await entriesOf(dir)).filter(({ image }) => image && (digests?.has(image.digest) ?? true))
  const live = createLiveLine(stderr, stderr.isTTY !== true)
  const pushed: Pushed = { sent: 0, bytes: 0, present: 0, failures: [] }
  let inARow = 0
  const send = async ({ key }: InventoryItem): Promise<void> => {
    const entry = await store.get(key)
    if (!entry) return
    try {
      const bytes = await remote.send(key, entry)
      pushed.bytes += bytes
      if (bytes > 0) pushed.sent++
      else pushed.present++
      inARow = 0
    } catch (error) {
      if (!isHdError(error) || ++inARow >= MAX_FAILURES) throw error
      pushed.failures.push(errorMessage(error))
    }
    live.show(`${pushed.sent + pushed.present}/${items.length} entries`)
  }
  try {
    await concurrently(items, AT_ONCE, signal, send)
  } finally {
    live.clear()
    await remote.flush?.()
  }
  return pushed
}

async function digestsOf(project: Project): Promise<Set<string>> {
  const hd = createHd(project.options, { log: SILENT })
  const { wanted } = await collectReferences(project)
  const digests = new Set<string>()
  for (const file of new Set(wanted.map(({ file: each }) => each))) {
    const source = await hd.source(file).catch(() => undefined)
    if (source) digests.add(source.digest)
  }
  return digests
}

export interface Pulled {
  images: number
  /** Display names of images that neither cache has completely. */
  missing: string[]
  traffic: Traffic
  failures: string[]
}

/** Fetches what the project's imports need and the local cache lacks. @throws HdError `HD_OPTION` */
export async function pull(project: Project, context: CliContext): Promise<Pulled> {
  remoteOf(project, context)
  const { wanted, failures } = await collectReferences(project)
  const byFile = groupByFile(wanted)
  const hd = createHd({ ...project.options, mode: 'on' }, { log: logTo(context.stderr) })
  const pulled: Pulled = { images: 0, missing: [], traffic: NONE, failures }
  try {
    await concurrently([...byFile.values()], AT_ONCE, context.signal, async (group) => {
      const found = await survey(hd, group, context.signal)
      pulled.images += found.images
      pulled.missing.push(...found.missing.map(({ name }) => name))
      pulled.failures.push(...found.failures)
    })
  } finally {
    await hd.close()
  }
  return { ...pulled, missing: pulled.missing.toSorted(), traffic: hd.store.traffic?.() ?? NONE }
}

const NONE: Traffic = { fetched: 0, fetchedBytes: 0, sent: 0, sentBytes: 0 }
const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined }

function logTo(stderr: CliContext['stderr']): Logger {
  const say = (message: string): void => void stderr.write(`${visible(message)}\n`)
  return { debug: () => undefined, info: say, warn: say }
}

function groupByFile(wanted: readonly Wanted[]): Map<string, Wanted[]> {
  const groups = new Map<string, Wanted[]>()
  for (const each of wanted) groups.set(each.file, [...(groups.get(each.file) ?? []), each])
  return groups
}
