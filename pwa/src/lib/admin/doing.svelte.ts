/** One act at a time: what is under way, and what was said when it was refused. */
export class Doing {
	isBusy = $state(false);
	error = $state.raw<unknown>(undefined);

	async run<T>(act: () => Promise<T>): Promise<T | undefined> {
		if (this.isBusy) return undefined;
		this.isBusy = true;
		this.error = undefined;
		try {
			return await act();
		} catch (reason) {
			this.error = reason;
			return undefined;
		} finally {
			this.isBusy = false;
		}
	}
}
