'use strict'
const { createHash } = require('node:crypto')
const { admit } = require('./admit.js')
const { jsonOf, imageOf, Refusal } = require('./request.js')

/** As base64 it stays below 1 MB, the limit for responses of a function. */
const MAX_INLINE_BYTES = 700_000
/** The folder in the cloud storage. Only files in it are ever deleted. */
const FOLDER = 'unplugin-hd'
const STORED = new RegExp(`^cloud://[\\w.-]+/${FOLDER}/[0-9a-f]{64}\\.(?:jpg|png)$`)
/** How long the URL of a result is valid, in seconds. */
const ADDRESS_SECONDS = 600
/** How many uploads are remembered, so that an upload whose response was lost is not paid twice. */
const MAX_REMEMBERED = 200
const MAX_ERRMSG_LENGTH = 300

/**
 * The function behind HTTP access (HTTP 访问服务).
 * @param cloud a `wx-server-sdk`, initialised
 * @param env contains the secret as HD_RELAY_SECRET
 */
exports.createRelay = function createRelay(cloud, env) {
  const steps = { upload, fetch, forget, check }
  /** The `media_id` of each upload, or a promise of it, by the caller's key. It lives as long as this instance. */
  const uploads = new Map()

  return async function main(event) {
    try {
      admit(event, env.HD_RELAY_SECRET)
      const { step, key } = event.queryStringParameters ?? {}
      if (!Object.hasOwn(steps, step)) throw new Refusal(400, 'step', 'the query names no step: upload, fetch, forget or check')
      return await steps[step](event, key)
    } catch (error) {
      return refusal(error)
    }
  }

  /** Costs a call. Returns `{ mediaId }`. */
  async function upload(event, key) {
    if (typeof key !== 'string' || !/^[\w-]{8,64}$/.test(key)) throw new Refusal(400, 'key', 'the query has no key')
    const known = uploads.get(key)
    if (known !== undefined) return json(200, { mediaId: await known })
    const mediaId = double(imageOf(event))
    uploads.set(key, mediaId)
    if (uploads.size > MAX_REMEMBERED) uploads.delete(uploads.keys().next().value)
    try {
      return json(200, { mediaId: await mediaId })
    } catch (error) {
      uploads.delete(key)
      throw error
    }
  }

  async function double(image) {
    const result = passed(await cloud.openapi.img.superresolution(image))
    const mediaId = result.mediaId ?? result.media_id
    if (typeof mediaId === 'string' && mediaId !== '') return mediaId
    // Some callers got the image itself. It is paid for, so store it and return its place as the id.
    if (Buffer.isBuffer(result.buffer) && extensionOf(result.buffer)) return store(result.buffer)
    throw strange('img.superresolution', result)
  }

  /** Free. Returns the image itself, or `{ url, fileID }` if it is too large. */
  async function fetch(event) {
    const { mediaId } = jsonOf(event)
    if (typeof mediaId !== 'string' || mediaId === '' || mediaId.length > 512) throw new Refusal(400, 'media', 'no mediaId')
    if (STORED.test(mediaId)) return stored(mediaId)
    const result = passed(await cloud.openapi.customerServiceMessage.getTempMedia({ mediaId }))
    const { buffer } = result
    const extension = Buffer.isBuffer(buffer) && extensionOf(buffer)
    if (!extension) throw strange('customerServiceMessage.getTempMedia', result)
    if (buffer.length > MAX_INLINE_BYTES) return stored(await store(buffer))
    const headers = { 'content-type': extension === 'png' ? 'image/png' : 'image/jpeg' }
    return { statusCode: 200, headers, isBase64Encoded: true, body: buffer.toString('base64') }
  }

  /** Named by its content, so that a retry leaves no second copy. */
  async function store(fileContent) {
    const name = createHash('sha256').update(fileContent).digest('hex')
    const cloudPath = `${FOLDER}/${name}.${extensionOf(fileContent)}`
    const { fileID } = passed(await cloud.uploadFile({ cloudPath, fileContent }))
    return fileID
  }

  async function stored(fileID) {
    const { fileList } = passed(await cloud.getTempFileURL({ fileList: [{ fileID, maxAge: ADDRESS_SECONDS }] }))
    const [{ tempFileURL, status, errMsg } = {}] = fileList ?? []
    // A file that is missing in the storage must be made again, like a media_id that WeChat does not know.
    if (!tempFileURL) throw Object.assign(new Error(), { errCode: 40007, errMsg: `getTempFileURL: ${status} ${errMsg}` })
    return json(200, { url: tempFileURL, fileID })
  }

  /** Returns `{}`. */
  async function forget(event) {
    const { fileID } = jsonOf(event)
    if (typeof fileID !== 'string' || !STORED.test(fileID)) throw new Refusal(403, 'file', 'only results may be deleted')
    passed(await cloud.deleteFile({ fileList: [fileID] }))
    return json(200, {})
  }

  /** Passes WeChat's codes and texts on, without details of this environment. */
  function refusal(error) {
    if (error instanceof Refusal) return json(error.status, { error: error.reason, message: error.message })
    const errCode = Number(error?.errCode)
    const errMsg = clean(String(error?.errMsg ?? error?.message ?? error))
    if (Number.isInteger(errCode) && errCode !== 0) return json(502, { errCode, errMsg })
    return json(500, { error: 'internal', message: errMsg })
  }

  function clean(text) {
    let cleaned = text
    for (const name of ['HD_RELAY_SECRET', 'TENCENTCLOUD_SECRETID', 'TENCENTCLOUD_SECRETKEY', 'TENCENTCLOUD_SESSIONTOKEN']) {
      if (env[name]) cleaned = cleaned.replaceAll(env[name], '***')
    }
    return cleaned.slice(0, MAX_ERRMSG_LENGTH)
  }
}

/** Free. Requests that get here have been admitted. */
function check() {
  return json(200, {})
}

/** The SDK throws failures, but might also return one. */
function passed(result) {
  const errCode = Number(result?.errCode ?? result?.errcode ?? 0)
  if (errCode === 0) return result ?? {}
  throw Object.assign(new Error(), { errCode, errMsg: result.errMsg ?? result.errmsg })
}

/**
 * The error for an answer without the expected data. An HTML page means that the API was removed, unless it is a gateway's page,
 * which contains the HTTP status that the SDK does not expose.
 */
function strange(api, { buffer, contentType }) {
  const text = Buffer.isBuffer(buffer) ? buffer.toString('latin1', 0, 1024) : ''
  if (/<title>[^<]*\b5\d\d\b/i.test(text)) return new Refusal(502, 'gateway', `a gateway before ${api} answered with a page`)
  const isPage = /^text\/html\b/i.test(contentType) || /^\s*</.test(text)
  if (isPage) return new Refusal(502, 'page', `${api} answered with a page`)
  return new Refusal(502, 'answer', `${api} answered with nothing that is known`)
}

/** By the first bytes, because content types are unreliable. */
function extensionOf(buffer) {
  const head = buffer.toString('latin1', 0, 4)
  if (head.startsWith('\xff\xd8\xff')) return 'jpg'
  return head === '\x89PNG' ? 'png' : undefined
}

function json(statusCode, value) {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { statusCode, headers, isBase64Encoded: false, body: JSON.stringify(value) }
}
