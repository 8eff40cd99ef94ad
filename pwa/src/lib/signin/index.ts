export { default as SignIn } from './SignIn.svelte';
export { normalPhone } from './phone.ts';
