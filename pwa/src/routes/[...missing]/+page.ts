import { error } from '@sveltejs/kit';

/** Without a route Kit asks the server again, which answers with this same app: the page would reload for ever. */
export const load = () => error(404);
