import { afterEach, describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';
import { publicName } from './place.ts';

const seen = { name: '晨光里 7 号楼', name_en: 'Building 7', estate: '晨光里', estate_en: 'Chenguang Li' };

describe('the building behind a scanned code', () => {
	afterEach(() => overwriteGetLocale(() => 'zh'));
	it('is named once in Chinese, with its estate in English', () => {
		overwriteGetLocale(() => 'zh');
		expect(publicName(seen)).toBe('晨光里 7 号楼');
		expect(publicName({ ...seen, name: '7 号楼' })).toBe('晨光里 7 号楼');
		overwriteGetLocale(() => 'en');
		expect(publicName(seen)).toBe('Building 7, Chenguang Li');
		expect(publicName({ ...seen, name_en: '', estate_en: '' })).toBe('晨光里 7 号楼');
	});
});
