import { hash } from 'node:crypto'
import { HdError, toSource, type EntryCheck, type RemoteStore, type Source } from '@unplugin-hd/core'

/** The key of a source in the remote cache, beside the masters and variants. */
function sourceKey(digest: string): string {
  return hash('sha256', JSON.stringify(['source', digest]))
}

/** Sends a source, unless it is there. @param replace also then: what is there was refused. @throws HdError `HD_REMOTE` */
export async function sendSource(remote: RemoteStore, { bytes, digest }: Source, replace: boolean): Promise<void> {
  await remote.send(sourceKey(digest), { meta: { source: digest }, bytes }, { replace })
}

/** @throws HdError `HD_REMOTE` when it is not there, or is not the source; `HD_SOURCE_…` when it is no image */
export async function fetchSource(remote: RemoteStore, digest: string, name: string): Promise<Source> {
  const check: EntryCheck = async ({ bytes }) => (hash('sha256', bytes) === digest ? undefined : 'is not the source of the job')
  const entry = await remote.get(sourceKey(digest), check)
  if (entry) return toSource(entry.bytes, name)
  throw new HdError('HD_REMOTE', `the worker did not get its source from the remote cache`, {
    file: name,
    remedy: 'Check that both use the same `cache.remote`, and that `maxEntryBytes` allows it',
  })
}
