/**
 * What must not be torn away by an update: an incident on the screen, a half-filled form.
 * A screen holds on in onMount and lets go when it leaves.
 */
class Focus {
	#count = $state(0);

	get isHeld(): boolean {
		return this.#count > 0;
	}

	hold(): () => void {
		this.#count += 1;
		let isHeld = true;
		return () => {
			if (isHeld) this.#count -= 1;
			isHeld = false;
		};
	}
}

export const focus = new Focus();
