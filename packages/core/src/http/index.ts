/** Requests to servers that the user names, by Node's own client. For stores and upscalers. */
export { isExposed, isLoopback, isServerAddress } from './address.ts'
export { HttpClient, type HttpAnswer, type HttpRequest } from './client.ts'
export { withDeadline } from './deadline.ts'
export { HttpFailure, type HttpFailureKind } from './failure.ts'
export { retryAfterMs } from './retry-after.ts'
