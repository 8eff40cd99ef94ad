import { get, post } from '../api/index.ts';

/** Why this phone cannot be woken, in the order in which a person can do something about it. */
export type Obstacle =
	'none' | 'insecure' | 'needs_install' | 'unsupported' | 'denied' | 'not_asked' | 'no_service';

const isApple = () => /iPhone|iPad|iPod/.test(navigator.userAgent);
const isInstalled = () =>
	matchMedia('(display-mode: standalone)').matches ||
	(navigator as { standalone?: boolean }).standalone === true;

/** What stands between this phone and a ringing alarm; 'none' still has to be proved by a test. */
export function obstacle(): Obstacle {
	if (!isSecureContext) return 'insecure';
	if (isApple() && !isInstalled()) return 'needs_install';
	if (!('serviceWorker' in navigator) || !('PushManager' in globalThis) || !('Notification' in globalThis))
		return 'unsupported';
	if (Notification.permission === 'denied') return 'denied';
	if (Notification.permission === 'default') return 'not_asked';
	return 'none';
}

export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
	const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
	return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function isSameKey(subscription: PushSubscription, key: Uint8Array): boolean {
	const own = subscription.options.applicationServerKey;
	if (!own) return true; // Safari hides it
	const bytes = new Uint8Array(own);
	return bytes.length === key.length && bytes.every((byte, i) => byte === key[i]);
}

async function subscribed(): Promise<PushSubscription> {
	const registration = await navigator.serviceWorker.ready;
	const { public_key } = await get<{ public_key: string }>('/push/key');
	const key = keyBytes(public_key);
	const known = await registration.pushManager.getSubscription();
	if (known && isSameKey(known, key)) return known;
	await known?.unsubscribe();
	return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** Asks (from a tap) and tells the server where to reach this phone. The answer says what is in the way, if anything. */
export async function enablePush(): Promise<Obstacle> {
	const before = obstacle();
	if (before !== 'none' && before !== 'not_asked') return before;
	if ((await Notification.requestPermission()) !== 'granted') return 'denied';
	return repost();
}

/** At each open: browsers seldom say that a subscription changed, so we say where we are each time. */
export async function repost(): Promise<Obstacle> {
	const before = obstacle();
	if (before !== 'none') return before;
	let subscription: PushSubscription;
	try {
		subscription = await subscribed();
	} catch (reason) {
		/* no push service reachable: most Android phones in mainland China, or a network that blocks it */
		if (reason instanceof DOMException) return 'no_service';
		throw reason;
	}
	await post('/push/subscriptions', subscription.toJSON());
	return 'none';
}

export { isApple, isInstalled };
