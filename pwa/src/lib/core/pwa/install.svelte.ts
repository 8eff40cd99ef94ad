/** The browser's own offer to install, kept until the person wants it. */
class Install {
	#offer = $state.raw<BeforeInstallPromptEvent | undefined>(undefined);

	constructor() {
		addEventListener('beforeinstallprompt', (event) => {
			event.preventDefault();
			this.#offer = event;
		});
		addEventListener('appinstalled', () => (this.#offer = undefined));
	}

	get isOffered(): boolean {
		return this.#offer !== undefined;
	}

	async ask(): Promise<void> {
		await this.#offer?.prompt();
		this.#offer = undefined;
	}
}

export const install = new Install();
