/** Requests to servers that the user names, by Node's own client. For stores and upscalers. */
export { HttpClient, type HttpAnswer, type HttpRequest } from './client.ts'
export { withDeadline } from './deadline.ts'
export { HttpFailure, type HttpFailureKind } from './failure.ts'
export { isLoopback } from './loopback.ts'
