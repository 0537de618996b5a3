'use strict'

/** Below the 2 MB of img.superresolution; with base64 well below the 6 MB of a request. */
const MAX_IMAGE_BYTES = 2 ** 21
const MAX_JSON_BYTES = 8 * 1024
const LONGEST_ADDRESS = 2048

/** A refused request, with the HTTP status and the reason for the response. */
class Refusal extends Error {
  constructor(status, reason, message) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** The argument of img.superresolution: a file or a URL. */
function imageOf(event) {
  const contentType = String(headerOf(event, 'content-type') ?? '').split(';')[0]
  if (contentType === 'application/json') {
    const { imgUrl } = jsonOf(event)
    if (typeof imgUrl === 'string' && imgUrl.length <= LONGEST_ADDRESS && /^https?:\/\//.test(imgUrl)) return { imgUrl }
    throw new Refusal(400, 'address', '`imgUrl` is no http: or https: address')
  }
  if (contentType !== 'image/jpeg' && contentType !== 'image/png') {
    throw new Refusal(415, 'type', 'the Content-Type is not image/jpeg, image/png or application/json')
  }
  const value = bodyOf(event, MAX_IMAGE_BYTES)
  const signature = contentType === 'image/png' ? '\x89PNG' : '\xff\xd8\xff'
  if (!value.toString('latin1', 0, 4).startsWith(signature)) {
    throw new Refusal(415, 'image', `the body is no ${contentType}, or arrived as text`)
  }
  return { img: { contentType, value } }
}

/** The fields of a JSON body. */
function jsonOf(event) {
  try {
    const value = JSON.parse(bodyOf(event, MAX_JSON_BYTES).toString('utf8'))
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    if (error instanceof Refusal) throw error
  }
  throw new Refusal(400, 'json', 'the body is no JSON object')
}

/** HTTP access passes binary bodies as base64. */
function bodyOf(event, most) {
  const body = typeof event.body === 'string' ? event.body : ''
  const isBase64 = event.isBase64Encoded === true || event.isBase64Encoded === 'true'
  const length = isBase64 ? Math.floor((body.length * 3) / 4) - 2 : body.length
  if (length > most) throw new Refusal(413, 'size', `the body has more than ${most} bytes`)
  const bytes = Buffer.from(body, isBase64 ? 'base64' : 'utf8')
  if (bytes.length > most) throw new Refusal(413, 'size', `the body has more than ${most} bytes`)
  return bytes
}

/** A header, in any spelling of its name. */
function headerOf(event, name) {
  const entry = Object.entries(event?.headers ?? {}).find(([key]) => key.toLowerCase() === name)
  return entry?.[1]
}

module.exports = { headerOf, jsonOf, imageOf, Refusal }
