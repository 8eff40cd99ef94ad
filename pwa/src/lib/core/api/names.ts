import { getLocale } from '#lib/paraglide/runtime.js';

/** The name in the reader's language; places carry an English one that may be empty. */
export const nameIn = (thing: { name: string; name_en?: string | null }): string =>
	(getLocale() === 'en' && thing.name_en) || thing.name;

/** The same for what is called a label: a device's place by name. */
export const labelIn = (thing: { label: string; label_en?: string | null }): string =>
	nameIn({ name: thing.label, name_en: thing.label_en });
