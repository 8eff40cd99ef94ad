import { self } from '$app/service-worker';
import { db } from '#lib/core/db/open.ts';
import { read, target, type ActionCall, type NoticeData } from '#lib/core/pwa/payload.ts';

type Event_ = 'received' | 'shown' | 'opened' | 'answered';

/** Proof of delivery can only come from here; a lost receipt is harmless, so it is never retried. */
function receipt(data: NoticeData, event: Event_, action?: string): Promise<unknown> {
	if (!data.receipt) return Promise.resolve();
	return fetch('/api/receipts', {
		method: 'POST',
		keepalive: true,
		credentials: 'omit', // the token is enough, and thousands come at once: no session to look up, no key to keep
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ token: data.receipt, event, ...(action ? { action } : {}) })
	}).catch(() => undefined);
}

/** The fire screen must open without a network: what the push knows is kept before anything else can fail. */
async function keepIncident(data: NoticeData): Promise<void> {
	if (!data.incident?.id) return;
	const store = await db();
	await store.put('incidents', { id: data.incident.id, incident: data.incident, at: Date.now() });
}

/** Shows always, also when a window is open: an alarm is not a chat message, and a silent push costs the permission. */
export async function onPush(text: string): Promise<void> {
	const { notification } = read(text);
	const data = notification.data ?? {};
	const isAlarm = data.urgency === 'alarm';
	const first = receipt(data, 'received');
	await keepIncident(data).catch(() => undefined);
	await self.registration.showNotification(notification.title, {
		body: notification.body ?? '',
		lang: notification.lang ?? 'zh-CN',
		tag: notification.tag ?? data.notice_id ?? '',
		renotify: Boolean(notification.tag ?? data.notice_id),
		requireInteraction: notification.requireInteraction ?? isAlarm,
		icon: '/icons/icon-192.png',
		badge: '/icons/badge-96.png',
		...(isAlarm ? { vibrate: [400, 200, 400, 200, 800] } : {}),
		actions: (notification.actions ?? []).map(({ action, title }) => ({ action, title })),
		data: { ...data, navigate: notification.navigate }
	} as NotificationOptions);
	await first;
	await receipt(data, 'shown');
}

/** A button of the notification calls its verb with a token for just that, without opening the app. */
async function act(call: ActionCall): Promise<boolean> {
	try {
		const answer = await fetch(call.url, {
			method: 'POST',
			headers: {
				'Content-Type': 'application/json',
				'Idempotency-Key': crypto.randomUUID(),
				'X-Action-Token': call.token
			},
			body: JSON.stringify(call.body ?? {})
		});
		return answer.ok;
	} catch {
		return false;
	}
}

async function open(url: string): Promise<void> {
	const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
	for (const window of windows)
		try {
			await (await window.focus()).navigate(url);
			return;
		} catch {
			/* not ours to move: try the next, else a new one */
		}
	await self.clients.openWindow(url);
}

export async function onClick(event: NotificationEvent): Promise<void> {
	const data = (event.notification.data ?? {}) as NoticeData & { navigate?: string };
	event.notification.close();
	const call = event.action ? data.actions?.[event.action] : undefined;
	if (call) {
		if (await act(call)) return void (await receipt(data, 'answered', event.action));
	}
	/* no such button, or it did not get through: the screen itself is the next step */
	await Promise.all([open(target(data.navigate, self.location.origin)), receipt(data, 'opened')]);
}

/** The browser changed our address: subscribe again and tell the server both. */
export async function onSubscriptionChange(
	event: Event & { oldSubscription?: PushSubscription; newSubscription?: PushSubscription }
): Promise<void> {
	const key = event.oldSubscription?.options.applicationServerKey;
	const fresh =
		event.newSubscription ??
		(key &&
			(await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })));
	if (!fresh) return; // the next open of the app subscribes anew
	await fetch('/api/push/subscriptions', {
		method: 'POST',
		headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
		body: JSON.stringify({ ...fresh.toJSON(), replaces: event.oldSubscription?.endpoint })
	});
}
