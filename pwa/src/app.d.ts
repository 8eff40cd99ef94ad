declare global {
	/** A hash of the app's sources, set by vite.config.ts. */
	const __APP_VERSION__: string;
	/** Chromium's and Android's offer to install; not in the standard library yet. */
	interface BeforeInstallPromptEvent extends Event {
		prompt(): Promise<void>;
		readonly userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>;
	}
	interface WindowEventMap {
		beforeinstallprompt: BeforeInstallPromptEvent;
	}
}

export {};
