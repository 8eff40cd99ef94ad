export { age, clock, day, millis, span, stopwatch } from './age.ts';
export { now } from './now.svelte.ts';
