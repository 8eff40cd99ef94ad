import { self } from '$app/service-worker';
import { flush } from '#lib/core/db/queue.ts';
import { answerShell, clearOld, fillShell } from './shell.ts';
import { onClick, onPush, onSubscriptionChange } from './push.ts';

/** Set by vite.config.ts: what names this build. A changed version is what makes a phone see an update. */
declare const __APP_VERSION__: string;

const SHELL = 'shell-' + __APP_VERSION__;

self.addEventListener('install', (event) => event.waitUntil(fillShell(SHELL)));
self.addEventListener('activate', (event) => event.waitUntil(clearOld(SHELL)));

self.addEventListener('fetch', (event) => {
	const url = new URL(event.request.url);
	/* the API, and above all the stream, are never ours */
	if (
		event.request.method !== 'GET' ||
		url.origin !== self.location.origin ||
		/^\/(api|health)(\/|$)/.test(url.pathname)
	)
		return;
	event.respondWith(answerShell(SHELL, event.request));
});

self.addEventListener('message', (event) => {
	if (event.data === 'SKIP_WAITING') event.waitUntil(self.skipWaiting());
});

self.addEventListener('push', (event) => event.waitUntil(onPush(event.data?.text() ?? '')));
self.addEventListener('notificationclick', (event) => event.waitUntil(onClick(event)));
self.addEventListener('pushsubscriptionchange', (event) =>
	(event as ExtendableEvent).waitUntil(onSubscriptionChange(event as Event as SubscriptionChange))
);
type SubscriptionChange = Event & { oldSubscription?: PushSubscription; newSubscription?: PushSubscription };

self.addEventListener('sync' as never, (event: ExtendableEvent) =>
	event.waitUntil(
		flush().then((left) => {
			/* throwing tells the browser to try again later */
			if (left) throw new Error('still kept: ' + left);
		})
	)
);
