import { authorize, type Answer, type Call } from './call.ts'
import { Refusal } from './errcodes.ts'
import { imageField } from './multipart.ts'
import { doubleImage } from './image.ts'
import { fetchImage } from './remote-image.ts'

/**
 * `/cv/img/superresolution?access_token=`: POST with the multipart field `img`, or the parameter `img_url` with POST or, as in the
 * documented sample, GET.
 */
export async function superresolution(call: Call): Promise<Answer> {
  const { world, fault } = call
  const { options, shelf } = world
  const { behaviour } = options
  // A gateway that does not know the path does not check the token.
  if (behaviour.removed === '40066') throw new Refusal(40066)
  if (behaviour.removed) return removedPage(behaviour.removed)
  const account = authorize(call)
  if (account.apiErrcode !== undefined) throw new Refusal(account.apiErrcode)
  account.quota.spend()
  const bytes = await source(call)
  const trim = fault?.kind === 'wrong-size' ? (fault.by ?? 1) : 0
  const medium = await doubleImage(bytes, { ...options, maxBytes: options.maxUploadBytes }, trim)
  const mediaId = shelf.put(account.appid, medium)
  if (behaviour.answer === 'image') return { kind: 'file', medium, name: `${mediaId}.${medium.extension}`, mediaId }
  return { kind: 'json', fields: { media_id: mediaId }, mediaId }
}

async function source({ request, world: { options } }: Call): Promise<Uint8Array> {
  const address = request.query.get('img_url')
  if (request.method !== 'POST' && (options.behaviour.strict || !address)) throw new Refusal(43002)
  if (address) return fetchImage(address, options.maxUploadBytes, options.allowRemoteImages)
  return imageField(request.body, String(request.headers['content-type'] ?? ''))
}

function removedPage(kind: '404' | 'html'): Answer {
  const text = '<!DOCTYPE html><html><head><title>WeChat</title></head><body>This page does not exist.</body></html>'
  return { kind: 'html', status: kind === '404' ? 404 : 200, text }
}
