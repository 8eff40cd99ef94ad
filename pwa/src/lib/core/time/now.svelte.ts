/** The time as the screens see it: one tick a second for all, none while nobody looks. */
class Now {
	#ms = $state(Date.now());

	constructor() {
		const page = document; // held, because a tick may outlive the page of a unit test
		const tick = () => {
			if (page.visibilityState === 'visible') this.#ms = Date.now();
		};
		setInterval(tick, 1000);
		page.addEventListener('visibilitychange', tick);
	}

	get ms(): number {
		return this.#ms;
	}
}

export const now = new Now();
