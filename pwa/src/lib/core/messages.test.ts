import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (language: string, file: string) =>
	JSON.parse(readFileSync(`messages/${language}/${file}.json`, 'utf8')) as Record<string, string>;
const blanks = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();

describe.each(['core', 'resident', 'staff'])('%s', (file) => {
	const [zh, en] = [read('zh', file), read('en', file)];
	test('both languages have the same keys', () =>
		expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort()));
	test('and the same blanks', () => {
		for (const key of Object.keys(zh)) expect([key, blanks(en[key])]).toEqual([key, blanks(zh[key])]);
	});
	test('no word is empty, no dot is typed (the .md class draws it)', () => {
		for (const text of Object.values({ ...zh, ...en })) expect(text).toBeTruthy();
	});
});
