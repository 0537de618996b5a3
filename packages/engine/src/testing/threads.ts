import type { Platform, ThreadListener } from '../platform.ts'
import type { Reply, Request } from '../protocol.ts'
import { serve } from '../serve.ts'
import { sha256 } from '../sha256.ts'

/** Workers that run in this thread, so that a test can observe and end them. */
export class Threads implements Platform {
  readonly started: { listener: ThreadListener; requests: Request[]; isHeld: boolean; isEnded: boolean }[] = []

  cores(): number {
    return 2
  }

  sha256(bytes: Uint8Array): Uint8Array {
    return sha256(bytes)
  }

  start(listener: ThreadListener): ReturnType<Platform['start']> {
    const thread = { listener, requests: [] as Request[], isHeld: false, isEnded: false }
    this.started.push(thread)
    let hear: ((request: Request) => void) | undefined
    serve({
      post: (reply: Reply) => setImmediate(() => thread.isEnded || listener.reply(reply)),
      listen: (each) => (hear = each),
      turn: () => new Promise((resolve) => setImmediate(resolve)),
    })
    return {
      post: (request) => {
        thread.requests.push(request)
        setImmediate(() => thread.isEnded || hear?.(request))
      },
      hold: (isHeld) => void (thread.isHeld = isHeld),
      end: async () => void (thread.isEnded = true),
    }
  }

  /** Ends a worker, as in a crash. */
  kill(index: number): void {
    const { listener } = this.started[index]!
    this.started[index]!.isEnded = true
    listener.lost('the test ended it')
  }
}
