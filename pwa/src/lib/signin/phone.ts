/** 138 0000 1234, +86138..., full-width digits from a Chinese keyboard: all become what the server takes, or null. */
export function normalPhone(typed: string): string | null {
	const plain = typed
		.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
		.replace(/[\s()（）-]/g, '')
		.replace('＋', '+');
	if (/^1[3-9]\d{9}$/.test(plain)) return plain;
	return /^\+\d{7,15}$/.test(plain) ? plain : null;
}
