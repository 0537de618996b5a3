export {
  HD_CODES,
  HdError,
  SITE,
  errorMessage,
  formatError,
  isHdError,
  ofFile,
  toHdError,
  withDocs,
  type HdCode,
  type HdErrorDetails,
} from './errors.ts'
export type { CacheState, DoneImage, HdEvent, SourceFacts, VariantRequest } from './events.ts'
export {
  FORMAT_FACTS,
  OUTPUT_FORMATS,
  canonicalFormat,
  isOutputFormat,
  mimeOf,
  type FormatFacts,
  type NamedFormat,
  type OutputFormat,
  type SourceFormat,
} from './request/format.ts'
export type { Asset, HdAsset } from './job/asset.ts'
export { writeAtomically } from './store/atomic-file.ts'
export { cacheDir, packageFolder } from './cache-dir.ts'
export { cacheFacts, type CacheFacts } from './store/cache-facts.ts'
export { inventory, type EntryKind, type InventoryItem } from './job/inventory.ts'
export { pruneCache, removeEntries, type Pruned, type PruneOptions } from './store/prune.ts'
export { verifyCache, type DamagedEntry, type Verification } from './store/verify-cache.ts'
export { DEFAULT_FACTOR, FACTORS, isFactor, type Factor } from './request/factor.ts'
export type { EncodingRequest, Job, JobRequest, PlannedAsset } from './job/job.ts'
export { DEFAULTS } from './defaults.ts'
export { createHd, type Hd, type HdContext } from './hd.ts'
export {
  CORE_OPTIONS,
  MODES,
  ON_ERROR,
  resolveOptions,
  type CacheOptions,
  type CoreOptions,
  type Mode,
  type OnError,
  type OpenRemote,
  type OptionsContext,
  type ResolvedOptions,
} from './options.ts'
export {
  boolean,
  guarded,
  integer,
  oneOf,
  required,
  secret,
  string,
  typeOf,
  unchecked,
  type Option,
  type Options,
} from './options/option.ts'
export type { RemoteMode, RemoteOptions, RemoteStorage, ResolvedRemote } from './options/remote.ts'
export { readOption, readOptions, refusedOption } from './options/read.ts'
export type { OriginalJob } from './job/original.ts'
export { recipeOf, type Recipe } from './job/recipe.ts'
export {
  HD_QUERY_RE,
  MISTAKEN_QUERY_RE,
  mistakenQuery,
  SHAPES,
  isHdId,
  parseRequest,
  toQuery,
  type HdRequest,
  type Shape,
} from './request/request.ts'
export { readWhole } from './source/read-file.ts'
export { isInside, relativePath } from './relative-path.ts'
export { resample, type ResampleOptions } from './upscaler/resample.ts'
export { abortError, createAbortController, throwIfAborted, unlessAborted } from './schedule/aborted.ts'
export { Gate } from './schedule/gate.ts'
export { MAX_SOURCE_BYTES, toSource, type Source } from './source/source.ts'
export { credentialsOf, escapedUrl, Redactor, shownUrl } from './secrets.ts'
export { availableCores } from './schedule/cores.ts'
export { backgroundConcurrency } from './schedule/threads.ts'
export { allowedInstead, nearestTo, quoted, refuseUnknown } from './unknown-keys.ts'
export { DiskStore } from './store/disk-store.ts'
export { parseEntry, serializeEntry } from './store/entry.ts'
export type { Lock } from './store/lock.ts'
export {
  isKey,
  type EntryCheck,
  type RemoteStore,
  type Store,
  type StoredItem,
  type StoreEntry,
  type StoreLocks,
  type Traffic,
} from './store/store.ts'
export { tieredStore } from './store/tiered-store.ts'
export type {
  Logger,
  Memo,
  Pixels,
  UploadFormat,
  UpscaleContext,
  UpscaleInput,
  Upscaler,
  UpscalerAccepts,
  UpscalerCheck,
} from './upscaler/upscaler.ts'
export { visible, visibleJson } from './visible-text.ts'
export { makePreview, type Preview } from './image/preview.ts'
export { loadSharp } from './sharp.ts'
