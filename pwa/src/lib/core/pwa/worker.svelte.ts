/** A first visit: the worker fetches the whole app, which must not stand in the way of the first screen. */
const AFTER_LOAD_MS = 2000;

function calm(): Promise<unknown> {
	if (navigator.serviceWorker.controller) return Promise.resolve();
	const loaded = new Promise<unknown>((done) =>
		document.readyState === 'complete' ? done(0) : addEventListener('load', done, { once: true })
	);
	return loaded.then(() => new Promise((done) => setTimeout(done, AFTER_LOAD_MS)));
}

/** The service worker: registered by hand, updated only when the person says so. */
class Worker {
	isWaiting = $state(false);
	#registration: ServiceWorkerRegistration | undefined;

	/** Also works where there is no worker (a WebView behind a QR code): then it does nothing. */
	async start(): Promise<void> {
		if (!('serviceWorker' in navigator)) return;
		await calm();
		let registration: ServiceWorkerRegistration | undefined;
		try {
			registration = await navigator.serviceWorker.register('/service-worker.js', {
				type: 'module',
				updateViaCache: 'none'
			});
		} catch {
			return; // no https on a phone in the LAN, or a private window
		}
		if (!registration) return; // some WebViews answer with nothing
		this.#registration = registration;
		this.#look();
		registration.addEventListener('updatefound', () => {
			registration.installing?.addEventListener('statechange', () => this.#look());
		});
		let isReloading = false;
		const had = Boolean(navigator.serviceWorker.controller);
		navigator.serviceWorker.addEventListener('controllerchange', () => {
			if (!had || isReloading) return; // the very first worker takes over without a reload
			isReloading = true;
			location.reload();
		});
		document.addEventListener('visibilitychange', () => {
			if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
		});
	}

	update(): void {
		this.#registration?.waiting?.postMessage('SKIP_WAITING');
	}

	#look(): void {
		this.isWaiting = Boolean(this.#registration?.waiting && navigator.serviceWorker.controller);
	}
}

export const worker = new Worker();
