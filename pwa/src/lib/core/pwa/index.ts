export { focus } from './focus.svelte.ts';
export { install } from './install.svelte.ts';
export { enablePush, isApple, isInstalled, obstacle, repost, type Obstacle } from './push.ts';
export { worker } from './worker.svelte.ts';
