'use strict'
const cloud = require('wx-server-sdk')
const { createRelay } = require('./relay.js')

// The SDK's default timeout of 15 seconds is too short for images. The function's own limit should be 60.
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV, timeout: 55_000 })

exports.main = createRelay(cloud, process.env)
