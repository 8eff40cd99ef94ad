/** The time as the screens see it: one tick a second for all, none while nobody looks. */
class Now {
	#ms = $state(Date.now());

	constructor() {
		const tick = () => {
			if (document.visibilityState === 'visible') this.#ms = Date.now();
		};
		setInterval(tick, 1000);
		document.addEventListener('visibilitychange', tick);
	}

	get ms(): number {
		return this.#ms;
	}
}

export const now = new Now();
