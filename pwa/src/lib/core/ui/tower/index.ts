export { draw } from './draw.ts';
export { markKind, marksOf, sideOf, towerFloors } from './from.ts';
export { default as Tower } from './Tower.svelte';
export type * from './types.ts';
