import { describe, expect, it } from 'vitest';
import {
	byUrgency,
	doorsToKnock,
	floorsWithNeed,
	gatesFor,
	isRed,
	joinedTowers,
	mapAddress,
	may,
	nextStep,
	watchEnds,
	type Who
} from './model.ts';
import type { Detail, Door, Item, Roll } from './types.ts';

const ALL = [
	'incidents.respond',
	'incidents.confirm',
	'incidents.dismiss',
	'incidents.control',
	'incidents.close',
	'incidents.reopen'
];
const who = (more: Partial<Who> = {}): Who => ({
	id: 'me',
	isOffice: false,
	can: (p) => ALL.includes(p),
	...more
});

function createIncident(changes: Partial<Detail> = {}): Detail {
	return <Detail>{
		id: 'i',
		category: 'fire',
		state: 'suspected',
		verified_by: null,
		is_exercise: false,
		estate: { id: 'e', name: '晨光里' },
		building: { id: 'b', name: '晨光里 7 号楼' },
		floors: [{ id: 'f', label: '18', ordinal: 18 }],
		opened_at: '2026-11-21T04:00:00Z',
		acknowledged_at: null,
		arrived_at: null,
		attacked_at: null,
		confirmed_at: null,
		controlled_at: null,
		closed_at: null,
		signal_count: 1,
		last_signal_at: null,
		version: 1,
		timeline: [],
		responders: [],
		...changes
	};
}
const mine = (changes = {}) => ({
	id: 'me',
	name: '我',
	acknowledged_at: '2026-11-21T04:00:20Z',
	arrived_at: null,
	attacked_at: null,
	...changes
});
const T = '2026-11-21T04:01:00Z';

describe('the one next step', () => {
	it('goes from answering to the end of a fire', () => {
		expect(nextStep(createIncident(), who())).toBe('acknowledge');
		expect(nextStep(createIncident({ responders: [mine()] }), who())).toBe('arrive');
		const there = [mine({ arrived_at: T })];
		expect(nextStep(createIncident({ responders: there }), who())).toBe('confirm');
		expect(nextStep(createIncident({ responders: there, state: 'confirmed' }), who())).toBe('attack');
		expect(nextStep(createIncident({ responders: there, state: 'confirmed', attacked_at: T }), who())).toBe(
			'control'
		);
		expect(nextStep(createIncident({ responders: there, state: 'controlled' }), who())).toBe('close');
		expect(nextStep(createIncident({ state: 'closed' }), who())).toBeNull();
	});
	it('is my own on foot, and everybody’s at the desk', () => {
		const answered = createIncident({ acknowledged_at: T });
		expect(nextStep(answered, who())).toBe('acknowledge');
		expect(nextStep(answered, who({ isOffice: true }))).toBe('arrive');
	});
	it('puts a waiting dismissal before the second person, never before the first', () => {
		const dismissal = { person: { id: 'other', name: '赵' }, reason: 'steam', at: T };
		const there = [mine({ arrived_at: T })];
		expect(nextStep(createIncident({ state: 'confirmed', responders: there, dismissal }), who())).toBe(
			'approve'
		);
		const own = { ...dismissal, person: { id: 'me', name: '我' } };
		expect(nextStep(createIncident({ state: 'confirmed', responders: there, dismissal: own }), who())).toBe(
			'attack'
		);
	});
	it('follows the server’s word on what this person may do', () => {
		expect(nextStep(createIncident({ may: [] }), who())).toBeNull();
		expect(may(createIncident({ may: ['ask_for_help'] }), 'ask-for-help', who())).toBe(true);
	});
	it('offers nothing that the state forbids', () => {
		expect(may(createIncident({ state: 'closed' }), 'dismiss', who())).toBe(false);
		expect(may(createIncident({ state: 'confirmed' }), 'close', who())).toBe(false);
	});
});

describe('the list', () => {
	const item = (id: string, changes: Partial<Item>): Item => createIncident({ id, ...changes }) as Item;
	it('puts what burns first, the unanswered before the answered, exercises last', () => {
		const groups = byUrgency([
			item('exercise', { is_exercise: true, state: 'confirmed' }),
			item('answered', { acknowledged_at: T }),
			item('closed', { state: 'closed' }),
			item('unanswered', { opened_at: '2026-11-21T04:05:00Z' }),
			item('burning', { state: 'confirmed' })
		]);
		expect(groups.map(({ group }) => group)).toEqual(['burning', 'checking', 'exercise']);
		expect(groups[1]!.items.map(({ id }) => id)).toEqual(['unanswered', 'answered']);
	});
	it('keeps red for fire alone', () => {
		expect(isRed(createIncident())).toBe(true);
		expect(isRed(createIncident({ category: 'gas' }))).toBe(false);
		expect(isRed(createIncident({ is_exercise: true }))).toBe(false);
		expect(isRed(createIncident({ state: 'closed' }))).toBe(false);
	});
	it('ends the watching five minutes after it began', () => {
		expect(watchEnds(createIncident({ watching_at: '2026-11-21T04:00:00Z' }))).toBe(
			Date.parse('2026-11-21T04:05:00Z')
		);
		expect(watchEnds(createIncident())).toBeNull();
	});
});

describe('doors', () => {
	const door = (number: string, changes: Partial<Door> = {}): Door => ({
		id: number,
		number,
		status: 'silent',
		...changes
	});
	const floor = (ordinal: number, ...dwellings: Door[]) => ({
		ordinal,
		label: String(ordinal),
		is_refuge: false,
		dwellings
	});
	const roll: Roll = {
		totals: { safe: 1, help: 1, silent: 3, needs: 1 },
		floors: [
			floor(20, door('2001', { status: 'help' })),
			floor(19, door('1901'), door('1902', { status: 'safe', needs: 1 })),
			floor(18, door('1801')),
			floor(5, door('501', { needs: 1 })),
			floor(4, door('401'))
		]
	};
	it('are knocked on in the order of need, above the fire before below', () => {
		expect(doorsToKnock(roll, new Set([18])).map(({ door: { number } }) => number)).toEqual([
			'2001',
			'501',
			'1801',
			'1901',
			'401'
		]);
	});
	it('of a joined tower come after the own ones in the same need, tower by tower; what has no doors is no tower', () => {
		const joined = (name: string, ...floors: Roll['floors']) => ({
			building: { id: name, name },
			totals: roll.totals,
			floors
		});
		const garage: Roll = {
			...roll,
			joined: [
				joined('10 号楼', floor(3, door('301'))),
				joined('裙房', floor(1)),
				joined('2 号楼', floor(9, door('901', { status: 'help' })), floor(2, door('201')))
			]
		};
		expect(joinedTowers(garage).map(({ building }) => building.name)).toEqual(['2 号楼', '10 号楼']);
		const order = doorsToKnock(garage, new Set([18])).map(({ building, door: { number } }) => [
			building?.name ?? '',
			number
		]);
		expect(order.slice(0, 3)).toEqual([
			['', '2001'],
			['2 号楼', '901'],
			['', '501']
		]);
		expect(order.slice(-2)).toEqual([
			['2 号楼', '201'],
			['10 号楼', '301']
		]);
	});
	it('of the floors that need somebody are the burning one, calls for help, and who cannot leave alone', () => {
		expect(floorsWithNeed(roll, new Set([18])).map(({ ordinal }) => ordinal)).toEqual([20, 18, 5]);
	});
});

describe('the way there', () => {
	const gate = (id: string, lat: number, isLane: boolean) => ({
		id,
		name: '东门',
		lat,
		lon: 120.1,
		gcj: { lat: lat + 1, lon: 121.1 },
		is_fire_lane: isLane
	});
	it('is a fire lane before a nearer gate', () => {
		const gates = gatesFor({ lat: 30, lon: 120.1 }, [gate('near', 30.001, false), gate('lane', 30.01, true)]);
		expect(gates.map(({ id }) => id)).toEqual(['lane', 'near']);
	});
	it('counts in GCJ-02 for map apps of China and in WGS 84 for geo:', () => {
		expect(mapAddress('amap', gate('g', 30, true))).toContain('to=121.1,31,');
		expect(mapAddress('apple', gate('g', 30, true))).toContain('daddr=31,121.1');
		expect(mapAddress('phone', gate('g', 30, true))).toMatch(/^geo:30,120\.1\?q=30,120\.1\(/);
	});
});
