export { default as CalmDesk } from './CalmDesk.svelte';
export { default as CalmSide } from './CalmSide.svelte';
export { default as Desk } from './Desk.svelte';
export { default as PlanSide, type Outside } from './PlanSide.svelte';
export type { House } from './plan.ts';
export { keyOf, neighbour } from './keys.ts';
