import { getLocale } from '#lib/paraglide/runtime.js';

/** The name in the reader's language; places carry an English one that may be empty. */
export const nameIn = (thing: { name: string; name_en?: string | null }): string =>
	(getLocale() === 'en' && thing.name_en) || thing.name;
