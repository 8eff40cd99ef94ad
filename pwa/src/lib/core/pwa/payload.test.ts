import { expect, test } from 'vitest';
import { read, target } from './payload.ts';

test('reads the declarative payload', () => {
	const payload = read(
		JSON.stringify({
			web_push: 8030,
			notification: { title: '21 层着火', navigate: 'https://x.example/i/1', data: { receipt: 't' } }
		})
	);
	expect(payload.notification.title).toBe('21 层着火');
	expect(payload.notification.data?.receipt).toBe('t');
});
test.each(['', 'plain words', '{"notification":{}}', 'null', '[]'])(
	'anything else (%j) still becomes a notification',
	(text) => {
		expect(read(text).notification.title).toBeTruthy();
	}
);
test.each([
	['https://app.example/i/1', 'https://app.example/i/1'],
	['/inbox', 'https://app.example/inbox'],
	['https://evil.example/i/1?a=b', 'https://app.example/i/1?a=b'],
	['javascript:alert(1)', 'https://app.example/'],
	[undefined, 'https://app.example/']
])('a tap on %s stays in the app', (navigate, expected) => {
	expect(target(navigate, 'https://app.example')).toBe(expected);
});
