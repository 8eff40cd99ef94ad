import { getLocale, setLocale } from '#lib/paraglide/runtime.js';

const SIZE = 'size';

/** How this phone shows things; known before the first paint, so from localStorage and not from the server. */
class Prefs {
	isLarge = $state(read() === 'large');

	/** Sets size and language on the document; called once before anything is drawn. */
	apply(): void {
		const root = document.documentElement;
		root.lang = getLocale() === 'zh' ? 'zh-CN' : 'en';
		if (this.isLarge) root.dataset['size'] = 'large';
		else delete root.dataset['size'];
	}

	setLarge(isLarge: boolean): void {
		this.isLarge = isLarge;
		try {
			localStorage.setItem(SIZE, isLarge ? 'large' : 'standard');
		} catch {
			/* private mode: good for this visit */
		}
		this.apply();
	}

	/** Reloads the page in the other language. The cookie lets the server know what not to fetch ahead in the browser's. */
	setLanguage(language: 'zh' | 'en'): void {
		document.cookie = `language=${language}; path=/; max-age=31536000; samesite=lax`;
		void setLocale(language);
	}

	get language(): 'zh' | 'en' {
		return getLocale();
	}
}

function read(): string | null {
	try {
		return localStorage.getItem(SIZE);
	} catch {
		return null;
	}
}

export const prefs = new Prefs();
