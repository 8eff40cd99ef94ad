import { goto } from '$app/navigation';
import { get, type HomeView, type Incident } from '../api/index.ts';
import { homePath, session } from '../session/index.ts';

const seen = new Set<string>();
const SPREAD_MS = 600;
const HELD = /^\/(sign-in|q|fire-here|i|join)?(\/|$)/;
const ELSEWHERE = 9999;
const SOMEWHERE = 1000;
const isReal = (incident: Incident) => incident.state === 'confirmed' || incident.state === 'controlled';

/** Floors between it and the own door; one in another building is farther than any in the own. */
function distance({ building, floors }: Incident): number {
	const here = session.me?.homes.filter((home) => home.building.id === building?.id) ?? [];
	if (!here.length) return ELSEWHERE;
	const apart = here.flatMap((home) => floors.map((floor) => Math.abs(floor.ordinal - home.floor.ordinal)));
	return Math.min(SOMEWHERE, ...apart);
}

/** A confirmed fire or a real one under control fills the screen by itself, once a visit, the nearest first; a suspicion
 * tears nobody away. `within`: only one that is nearer than this. */
export function takeOver(incidents: Incident[], within = Infinity): void {
	const unseen = incidents.filter(
		(incident) => isReal(incident) && !seen.has(incident.id) && distance(incident) < within
	);
	const [fire] = unseen.sort((one, other) => distance(one) - distance(other));
	if (!fire) return;
	markSeen(fire.id);
	void goto('/fire/' + fire.id);
}

/** Who has had it on the screen goes home by a tap and stays there. */
export function markSeen(id: string): void {
	seen.add(id);
}

/** On another page than home, which looks by itself: the server knows whom it concerns, as one in the garage below or in
 * the tower beside. Who has a fire on the screen leaves it only for a nearer one: toast on 7 must not take away what to
 * do at the own door. Who reports one is not torn away. */
export function heard(incident: Incident): void {
	if (!isReal(incident) || seen.has(incident.id) || HELD.test(location.pathname)) return;
	/* a tower of phones does not ask at once */
	setTimeout(() => {
		void homePath()
			.then((path) => get<HomeView>(path))
			.then(({ incidents }) => {
				const shown = incidents.find((other) => location.pathname === '/fire/' + other.id);
				takeOver(incidents, shown && distance(shown));
			})
			.catch(() => undefined); // without a network the push has said it
	}, Math.random() * SPREAD_MS);
}
