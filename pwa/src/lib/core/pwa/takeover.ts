import { goto } from '$app/navigation';
import { get, type HomeView, type Incident } from '../api/index.ts';
import { homePath, session } from '../session/index.ts';

const seen = new Set<string>();
const SPREAD_MS = 600;
const HELD = /^\/(sign-in|q|fire-here|i|join)?(\/|$)/;
const isReal = (incident: Incident) => incident.state === 'confirmed' || incident.state === 'controlled';
const isMine = (incident: Incident) =>
	session.me?.homes.some((home) => home.building.id === incident.building?.id) ?? false;

/** A confirmed fire or a real one under control fills the screen by itself, once a visit, the own building's first; a
 * suspicion tears nobody away. */
export function takeOver(incidents: Incident[]): void {
	const unseen = incidents.filter((incident) => isReal(incident) && !seen.has(incident.id));
	const fire = unseen.find(isMine) ?? unseen[0];
	if (!fire) return;
	markSeen(fire.id);
	void goto('/fire/' + fire.id);
}

/** Who has had it on the screen goes home by a tap and stays there. */
export function markSeen(id: string): void {
	seen.add(id);
}

/** On another page than home, which looks by itself: the server knows whom it concerns, as one in the garage below or in
 * the tower beside. Who has another fire on the screen leaves it only for the own building's, who reports one stays. */
export function heard(incident: Incident): void {
	const { pathname } = location;
	if (!isReal(incident) || seen.has(incident.id) || HELD.test(pathname)) return;
	if (pathname.startsWith('/fire/') && !isMine(incident)) return;
	/* a tower of phones does not ask at once */
	setTimeout(() => {
		void homePath()
			.then((path) => get<HomeView>(path))
			.then((home) => takeOver(home.incidents))
			.catch(() => undefined); // without a network the push has said it
	}, Math.random() * SPREAD_MS);
}
