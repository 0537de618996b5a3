import { randomBytes } from 'node:crypto'
import {
  errorMessage,
  HdError,
  isKey,
  type Logger,
  Redactor,
  type RemoteStore,
  type ResolvedRemote,
  type StoreEntry,
  type Traffic,
  type UpscalerCheck,
} from '@unplugin-hd/core'
import { withDeadline } from '@unplugin-hd/core/http'
import { accessOf } from './access.ts'
import { type RemoteFailure, toFailure } from './failure.ts'
import { Requests } from './requests.ts'
import { locationOf, openTransport } from './transports/open.ts'
import type { Transport } from './transports/transport.ts'
import { openSealed, sealEntry } from './trust/sealed.ts'
import { schemeOf, type Scheme } from './trust/signature.ts'
import { Uploads } from './uploads.ts'

export interface RemoteContext {
  /** Absolute path of the project; a Redis client is found from there. */
  root: string
  env: Readonly<Record<string, string | undefined>>
  log: Logger
}

/** Sending may take so many times as long as fetching, since nothing waits for it. */
const SEND_PATIENCE = 10

/** So long it is remembered that an entry is not there, in milliseconds: an image asks several times before it is made. */
const ABSENT_MS = 60_000

/** A store that several machines share. Whatever fails there is one warning, and then a miss. */
export function createRemoteCache(remote: ResolvedRemote, { root, env, log }: RemoteContext): RemoteStore {
  const location = locationOf(remote)
  const access = accessOf(remote, env)
  const redactor = new Redactor()
  redactor.add(env[remote.keyEnv], env[remote.tokenEnv])
  const warned = new Set<string>()
  const warnOnce = (topic: string, text: string): void => {
    if (!warned.has(topic)) log.warn(redactor.redact(`the remote cache ${location}: ${text} (HD_REMOTE)`))
    warned.add(topic)
  }

  let traffic = noTraffic()
  const absent = new Map<string, number>()
  const fetching = new Map<string, Promise<StoreEntry | undefined>>()
  const uploads = new Uploads()
  const onFailure = ({ message }: RemoteFailure): void =>
    warnOnce('failure', `${message}. The build goes on without what is there`)
  const { concurrency, timeoutMs, maxEntryBytes } = remote
  const reads = new Requests({ concurrency, timeoutMs, onFailure })
  const writes = new Requests({ concurrency, timeoutMs: SEND_PATIENCE * timeoutMs, onFailure })

  let opening: Promise<{ transport: Transport; scheme: Scheme }> | undefined
  const open = (): Promise<{ transport: Transport; scheme: Scheme }> =>
    (opening ??= (async () => {
      const scheme = schemeOf(remote, env)
      const transport = await openTransport(remote, { root, env, redactor, warn: (text) => warnOnce(text, text) })
      return { transport, scheme }
    })())

  const canWrite = async (): Promise<boolean> => access.write && (await open()).scheme.seal !== undefined

  const assertWritable = async (): Promise<void> => {
    if (!access.write) throw new HdError('HD_REMOTE', `nothing is sent to ${location}: access is ${access.text}`)
    if (await canWrite()) return
    throw new HdError('HD_REMOTE', `nothing can be sent to ${location} without the private key`, {
      remedy: `Set ${remote.keyEnv}`,
    })
  }

  /** Asks a store that was turned off whether it works again, without anything waiting for the answer. */
  const probe = (requests: Requests): void => {
    if (!requests.breaker.isDue) return
    requests.breaker.probed(false)
    void open()
      .then(({ transport }) =>
        withDeadline(timeoutMs, new AbortController().signal, (signal) => transport.has(randomKey(), signal)),
      )
      .then(
        () => requests.breaker.probed(true),
        () => undefined,
      )
  }

  const fetch = async (key: string): Promise<StoreEntry | undefined> => {
    const file = await reads.run(undefined, async (signal) => (await open()).transport.get(key, maxEntryBytes, signal))
    if (!file) {
      if (!reads.breaker.isOpen) absent.set(key, performance.now())
      return undefined
    }
    const opened = openSealed(key, file, (await open()).scheme)
    if ('problem' in opened) return refuse(key, opened.problem)
    traffic.fetchedBytes += file.length
    return opened.entry
  }

  const refuse = (key: string, problem: string): undefined => {
    absent.set(key, performance.now())
    warnOnce('refused', `the entry ${key.slice(0, 12)}… ${problem}. It counts as missing, and so does each such entry`)
  }

  const isAbsent = (key: string): boolean => performance.now() - (absent.get(key) ?? -Infinity) < ABSENT_MS

  const send = async (key: string, entry: StoreEntry, signal: AbortSignal): Promise<number> => {
    const { transport, scheme } = await open()
    const sealed = sealEntry(key, entry, scheme)
    await transport.put(key, sealed, signal)
    absent.delete(key)
    traffic.sent++
    traffic.sentBytes += sealed.length
    return sealed.length
  }

  return {
    location,
    async get(key, check) {
      if (!check || !isKey(key) || isAbsent(key)) return undefined
      probe(reads)
      const pending = fetching.get(key) ?? fetch(key).finally(() => fetching.delete(key))
      fetching.set(key, pending)
      const entry = await pending
      if (!entry) return undefined
      const problem = await check(entry)
      if (problem !== undefined) return refuse(key, problem)
      traffic.fetched++
      return entry
    },
    async has(key) {
      if (!isKey(key) || isAbsent(key)) return false
      const found = await reads.run(undefined, async (signal) => (await open()).transport.has(key, signal))
      if (found === false) absent.set(key, performance.now())
      return found ?? false
    },
    async put(key, entry) {
      // Where reading does not work, writing does not either.
      if (!access.write || reads.breaker.isOpen || !(await canWrite())) return
      if (entry.bytes.length > maxEntryBytes) return
      probe(writes)
      await uploads.add(entry.bytes.length, async (signal) => {
        const either = AbortSignal.any([signal, reads.breaker.signal])
        return (await writes.run(either, (within) => send(key, entry, within))) !== undefined
      })
    },
    // Entries of others are not for one build to delete, and most stores cannot list them.
    delete: async () => undefined,
    async *list() {},
    async flush() {
      const { entries, bytes } = await uploads.end()
      const text = `${entries} ${entries === 1 ? 'entry' : 'entries'} (${(bytes / 1e6).toFixed(1)} MB) not sent in time; \`hd cache push\` sends the rest`
      if (entries > 0 && !warned.has('failure')) warnOnce('unsent', text)
      const opened = await opening?.catch(() => undefined)
      await opened?.transport.close()
    },
    traffic() {
      const counted = traffic
      traffic = noTraffic()
      return counted
    },
    async check(): Promise<UpscalerCheck> {
      const facts: Record<string, string> = { location, access: access.text }
      try {
        const { transport, scheme } = await open()
        facts['signature'] = scheme.name === 'sha256' ? 'none' : scheme.seal ? scheme.name : `${scheme.name}, checked only`
        const begun = performance.now()
        await withDeadline(timeoutMs, new AbortController().signal, (signal) => transport.has(randomKey(), signal))
        facts['answer'] = `${Math.round(performance.now() - begun)} ms`
        await transport.close()
        return { ok: true, facts }
      } catch (error) {
        return { ok: false, facts, advice: redactor.redact(error instanceof HdError ? error.message : toFailure(error).message) }
      }
    },
    assertWritable,
    async send(key, entry, { replace = false } = {}) {
      await assertWritable()
      try {
        return await withDeadline(SEND_PATIENCE * timeoutMs, new AbortController().signal, async (signal) =>
          !replace && (await (await open()).transport.has(key, signal)) ? 0 : send(key, entry, signal),
        )
      } catch (error) {
        throw new HdError('HD_REMOTE', redactor.redact(`${location}: ${errorMessage(toFailure(error))}`))
      }
    },
  }
}

function noTraffic(): Traffic {
  return { fetched: 0, fetchedBytes: 0, sent: 0, sentBytes: 0 }
}

/** Of an entry that is not there. */
function randomKey(): string {
  return randomBytes(32).toString('hex')
}
