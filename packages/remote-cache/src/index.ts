export { createRemoteCache, type RemoteContext } from './remote-cache.ts'
