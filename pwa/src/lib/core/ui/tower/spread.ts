/**
 * Moves marks on a line apart so that neighbours keep `gap`, each as near to its wish as possible.
 * Order of the answer = order of the wishes. Neighbours that touch share the displacement.
 */
export function spread(wishes: readonly number[], gap: number): number[] {
	const order = wishes.map((_, i) => i).sort((a, b) => wishes[a]! - wishes[b]!);
	type Group = { members: number[]; start: number };
	const groups: Group[] = [];
	/* a group starts where the mean of its members' wishes is met */
	const settle = (members: number[]): Group => ({
		members,
		start: members.reduce((sum, i, k) => sum + wishes[i]! - k * gap, 0) / members.length
	});
	for (const index of order) {
		let group = settle([index]);
		for (;;) {
			const below = groups.at(-1);
			if (!below || below.start + below.members.length * gap <= group.start + 1e-9) break;
			groups.pop();
			group = settle([...below.members, ...group.members]);
		}
		groups.push(group);
	}
	const placed = new Array<number>(wishes.length);
	for (const group of groups) group.members.forEach((i, k) => (placed[i] = group.start + k * gap));
	return placed;
}
