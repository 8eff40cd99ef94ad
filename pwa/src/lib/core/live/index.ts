export { Live, live, STALE_MS, type Kind } from './live.svelte.ts';
