import { isHdError, type HdError } from '../errors.ts'

/** The HdError that `work` fails with. @throws Error if it does not */
export async function hdErrorOf(work: () => unknown): Promise<HdError> {
  try {
    await work()
  } catch (error) {
    if (isHdError(error)) return error
    throw error
  }
  throw new Error('expected an HdError, but nothing was thrown')
}
