import { isHdError, type HdError } from '../errors.ts'

/** The HdError that `work` ends in. @throws Error when it ends in anything else */
export async function hdErrorOf(work: () => unknown): Promise<HdError> {
  try {
    await work()
  } catch (error) {
    if (isHdError(error)) return error
    throw error
  }
  throw new Error('expected an HdError, but nothing was thrown')
}
