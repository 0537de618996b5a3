import type { Hd, RemoteStore } from '@unplugin-hd/core'
import { parseJobData, refused } from './job-data.ts'
import { fetchSource } from './sources.ts'
import type { WorkerStore } from './worker-store.ts'

export interface MakeContext {
  /** With `store` as its store. */
  hd: Hd
  store: WorkerStore
  remote: RemoteStore
}

/**
 * Does a job: fetches its source, makes its master and its images, and waits until the remote cache has them.
 * @param id the key of the master @param data not trusted
 * @returns the name of the source
 * @throws HdError of the upscaler, `HD_SOURCE_…`, `HD_REMOTE`, `HD_QUEUE` for a job that is not what it says
 */
export async function makeMaster(id: string | undefined, data: unknown, { hd, store, remote }: MakeContext): Promise<string> {
  const { digest, name, images } = parseJobData(id, data)
  const source = await fetchSource(remote, digest, name)
  const jobs = images.map((image) => hd.job(source, image))
  // The key says how its master is made, so another key would be one that this worker cannot make.
  if (jobs.some(({ masterKey }) => masterKey !== id)) throw refused('its master is not what this worker would make', name)
  for (const job of jobs) {
    const { key } = await job.make()
    await store.assertSent([job.masterKey, key])
  }
  return name
}
