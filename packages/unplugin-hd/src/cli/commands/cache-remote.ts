import { visible, visibleJson } from '@unplugin-hd/core'
import { formatBytes } from '../../progress/text.ts'
import { pull, push } from '../cache/remote.ts'
import { defineCommand, type Command } from '../parser/command.ts'
import { readProject } from '../project.ts'
import { count } from '../table.ts'

const pushCommand = defineCommand({
  name: 'cache push',
  summary: 'send entries that the remote cache lacks',
  usage: '[--project] [options]',
  text: [
    "Sends entries of the local cache to 'cache.remote', such as those that a build did not send in time. In CI set UNPLUGIN_HD_REMOTE=rw. Exit status 1 if some were not sent.",
  ],
  flags: { project: { type: 'boolean', text: 'only entries of images that the project refers to' } },
  examples: [['cache push', 'share what this machine has made']],
  async run({ flags: { project: ofProject = false, json, config } }, context) {
    const { sent, bytes, present, failures } = await push(await readProject(context, config), ofProject, context)
    const ok = failures.length === 0 && !context.signal.aborted
    if (json) context.stdout.write(`${visibleJson({ ok, sent, bytes, present, failures })}\n`)
    else {
      for (const each of failures) context.stderr.write(`${visible(each)}\n`)
      const failed = failures.length > 0 ? `, ${failures.length} failed` : ''
      context.stdout.write(`${count(sent, 'entry', 'entries')} sent (${formatBytes(bytes)}), ${present} already there${failed}\n`)
    }
    return ok ? 0 : 1
  },
})

const pullCommand = defineCommand({
  name: 'cache pull',
  summary: 'fetch what the project needs from the remote cache',
  usage: '[options]',
  text: [
    "Looks up every image that the project refers to, as 'hd warm' finds them, and fetches from 'cache.remote' what the local cache lacks. Makes nothing. Afterwards the project can be built offline, as far as the remote cache had its images.",
  ],
  flags: { project: { type: 'boolean', text: 'the default, since most remote caches cannot list what they have' } },
  examples: [['cache pull', 'before work without a connection']],
  async run({ flags: { json, config } }, context) {
    const { images, missing, traffic, failures } = await pull(await readProject(context, config), context)
    const ok = failures.length === 0 && !context.signal.aborted
    if (json) context.stdout.write(`${visibleJson({ ok, images, missing, ...traffic, failures })}\n`)
    else {
      for (const each of failures) context.stderr.write(`${visible(each)}\n`)
      context.stdout.write(
        `${count(images, 'image')}: ${count(traffic.fetched, 'entry', 'entries')} fetched (${formatBytes(traffic.fetchedBytes)}), ${count(missing.length, 'image')} not complete\n`,
      )
    }
    return ok ? 0 : 1
  },
})

export const REMOTE_COMMANDS: readonly Command[] = [pushCommand, pullCommand]
