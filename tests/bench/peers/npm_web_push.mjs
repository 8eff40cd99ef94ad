// npm web-push as its README sends, with a keep-alive agent and IN_FLIGHT at a time. Prints seconds and CPU seconds for N messages.
import https from 'node:https';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const [folder, origin, ca, n, inFlight, phone, size] = process.argv.slice(2);
const webpush = createRequire(folder + '/')('web-push');
const { p256dh, auth } = JSON.parse(phone);
const keys = webpush.generateVAPIDKeys();
webpush.setVapidDetails('mailto:duty@example.org', keys.publicKey, keys.privateKey);
const agent = new https.Agent({ keepAlive: true, maxSockets: Number(inFlight), ca: readFileSync(ca) });
const payload = 'x'.repeat(Number(size));
async function send(count) {
	let next = 0;
	const lane = async () => {
		while (next < count) {
			const endpoint = `${origin}/push/${next++}`;
			const done = await webpush.sendNotification({ endpoint, keys: { p256dh, auth } }, payload, { agent, TTL: 60 });
			if (done.statusCode !== 201) throw new Error(String(done.statusCode));
		}
	};
	await Promise.all(Array.from({ length: Number(inFlight) }, lane));
}
await send(200);
const start = performance.now(), before = process.cpuUsage();
await send(Number(n));
const used = process.cpuUsage(before);
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, cpu_s: (used.user + used.system) / 1e6 }));
