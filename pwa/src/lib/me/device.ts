/** "Android · Chrome" from a user agent; null when nothing in it is known. A person must recognise the phone, not the engine. */
export function deviceName(agent: string): string | null {
	const first = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent))?.[1];
	const system = first([
		[/HarmonyOS|OpenHarmony/i, 'HarmonyOS'],
		[/iPhone/, 'iPhone'],
		[/iPad/, 'iPad'],
		[/Android/, 'Android'],
		[/Windows/, 'Windows'],
		[/Macintosh/, 'Mac'],
		[/Linux/, 'Linux']
	]);
	const browser = first([
		[/MicroMessenger/, '微信'],
		[/HuaweiBrowser/, 'Huawei Browser'],
		[/MiuiBrowser/, 'Mi Browser'],
		[/Edg/, 'Edge'],
		[/Firefox|FxiOS/, 'Firefox'],
		[/Chrome|CriOS/, 'Chrome'],
		[/Safari/, 'Safari']
	]);
	return [system, browser].filter(Boolean).join(' · ') || null;
}
