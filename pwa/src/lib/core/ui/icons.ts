/* Two files: the first load carries only what the first screens draw. */
export * from './icons-base.ts';
export * from './icons-more.ts';
