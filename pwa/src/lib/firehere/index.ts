export { default as FireHere } from './FireHere.svelte';
export { wherePossible, type Spot } from './place.ts';
