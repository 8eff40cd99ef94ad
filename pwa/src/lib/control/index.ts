export { default as CalmDesk } from './CalmDesk.svelte';
export { default as CalmSide } from './CalmSide.svelte';
export { default as Desk } from './Desk.svelte';
export { default as EstatePlan } from './EstatePlan.svelte';
export { keyOf, neighbour } from './keys.ts';
