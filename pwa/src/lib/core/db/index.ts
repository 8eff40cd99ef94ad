export { forget, forgetAll, fromPhone, keep, recall } from './cache.ts';
export { db, keepSetting, setting, wipe, type Kept, type Sending } from './open.ts';
export { Resource } from './resource.svelte.ts';
export { enqueue, flush, pending, sendingsAbout } from './queue.ts';
export { queue } from './queue.svelte.ts';
