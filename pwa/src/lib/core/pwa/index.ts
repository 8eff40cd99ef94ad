export { worker } from './worker.svelte.ts';
