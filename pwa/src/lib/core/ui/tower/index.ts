export { draw } from './draw.ts';
export { default as Tower } from './Tower.svelte';
export type * from './types.ts';
