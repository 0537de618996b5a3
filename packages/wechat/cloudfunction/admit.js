'use strict'
const { createHash, timingSafeEqual } = require('node:crypto')
const { headerOf, Refusal } = require('./request.js')

const SHORTEST_SECRET = 32

/**
 * Lets in POST requests that show the secret. Anybody can reach the address, and each upload costs a call.
 * @param secret what they must show; without one, or with a short one, nobody is let in
 */
exports.admit = function admit(event, secret) {
  if (typeof secret !== 'string' || secret.length < SHORTEST_SECRET) {
    throw new Refusal(500, 'setup', `the variable HD_RELAY_SECRET is missing or has fewer than ${SHORTEST_SECRET} characters`)
  }
  const shown = headerOf(event, 'x-hd-secret')
  if (typeof shown !== 'string' || !areEqual(shown, secret)) throw new Refusal(401, 'secret', 'the secret is missing or wrong')
  if (event.httpMethod !== 'POST') throw new Refusal(405, 'method', 'only POST is answered')
}

/** Takes the same time wherever they differ: digests are equally long, and tell nothing of what they were made from. */
function areEqual(one, other) {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(a, b)
}
