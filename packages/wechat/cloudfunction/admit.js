'use strict'
const { createHash, timingSafeEqual } = require('node:crypto')
const { headerOf, Refusal } = require('./request.js')

const SHORTEST_SECRET = 32

/**
 * Admits POST requests with the secret, because the address is public and each upload costs a call.
 * @param secret the expected secret; without one, or with a short one, all requests are refused
 */
exports.admit = function admit(event, secret) {
  if (typeof secret !== 'string' || secret.length < SHORTEST_SECRET) {
    throw new Refusal(500, 'setup', `the variable HD_RELAY_SECRET is missing or has fewer than ${SHORTEST_SECRET} characters`)
  }
  const shown = headerOf(event, 'x-hd-secret')
  if (typeof shown !== 'string' || !areEqual(shown, secret)) throw new Refusal(401, 'secret', 'the secret is missing or wrong')
  if (event.httpMethod !== 'POST') throw new Refusal(405, 'method', 'only POST is answered')
}

/** Compares in constant time: digests have equal lengths and do not reveal their input. */
function areEqual(one, other) {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(a, b)
}
