'use strict'
const cloud = require('wx-server-sdk')
const { createRelay } = require('./relay.js')

// The SDK gives up after 15 seconds, which is little for an image; the function's own limit is to be 60.
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV, timeout: 55_000 })

exports.main = createRelay(cloud, process.env)
