export { address, call, get, patch, post, put, remove, whenAnswered, whenSignedOut } from './client.ts';
export { ApiError, NetworkError, wordsOf } from './errors.ts';
export { labelIn, nameIn } from './names.ts';
export type * from './types.ts';
