import adapter from '@sveltejs/adapter-static';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { contentVersion } from './scripts/version.mjs';

/** Kit's announcer sets one style attribute; its hash is stable within a Kit version (checked by the browser tests). */
const ANNOUNCER_STYLE = 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo=';

/** Kit carries devalue for the data of its server, which this app does not have; the page's shell is made with the real one. */
const plainDevalue: Plugin = {
	name: 'plain-devalue',
	enforce: 'pre',
	apply: 'build',
	resolveId(source) {
		if (source !== 'devalue' || this.environment.name !== 'client') return null;
		return fileURLToPath(new URL('src/lib/core/plain-devalue.ts', import.meta.url));
	}
};

/** Svelte makes one Error when it is loaded; for its stack, which nobody reads, the browser parses all of the base anew. */
const quietStart: Plugin = {
	name: 'quiet-start',
	apply: 'build',
	transform(code, id) {
		if (!id.endsWith('svelte/src/internal/client/constants.js')) return null;
		if (!code.includes('extends Error'))
			throw new Error('quiet-start has nothing to do any more: take it out');
		return {
			code: `const kept = Error.stackTraceLimit; Error.stackTraceLimit = 0;\n${code}\nError.stackTraceLimit = kept;`,
			map: null
		};
	}
};

const version = process.env.APP_VERSION ?? contentVersion();

export default defineConfig({
	/* Kit's own $app/env leaves the worker without a version unless it also imports the list of files */
	define: { __APP_VERSION__: JSON.stringify(version) },
	plugins: [
		plainDevalue,
		quietStart,
		sveltekit({
			adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html', precompress: true }),
			version: { name: version },
			paths: { relative: false },
			output: { bundleStrategy: 'split' },
			serviceWorker: { register: false },
			csp: {
				mode: 'hash',
				directives: {
					'default-src': ['self'],
					'script-src': ['self'],
					'style-src': ['self'],
					'style-src-attr': ['unsafe-hashes', ANNOUNCER_STYLE],
					'img-src': ['self', 'data:', 'blob:'],
					'connect-src': ['self'],
					'manifest-src': ['self'],
					'worker-src': ['self'],
					'object-src': ['none'],
					'base-uri': ['self'],
					'form-action': ['self']
				}
			}
		})
	],
	build: { target: 'es2022' },
	environments: {
		client: {
			build: {
				rolldownOptions: {
					output: {
						/* what every page needs in one file: forty small ones compress badly and are named in every route's list */
						codeSplitting: {
							groups: [
								/* the start file needs this before Kit's payload is set; in the base it would draw Kit in too early,
								   which then knows no version and takes every unknown address for a new one: it reloads for ever */
								{
									name: 'preload',
									test: /rolldown[\\/]runtime|vite[\\/]preload-helper|runtime[\\/]client[\\/]payload\.js/,
									priority: 2
								},
								{
									name: 'base',
									test: (id: string) =>
										!/svelte\/src\/(reactivity|store|motion|easing|transition)\/|bindings\/(select|input|this)|blocks\/(await|svelte-component|svelte-element|key)|elements\/bindings\/shared/.test(
											id
										) &&
										(/node_modules\/(svelte|@sveltejs\/kit|devalue|esm-env|clsx)\//.test(id) ||
											/src\/lib\/core\/(api|db|live|plain-devalue|session|time|pwa\/focus|ui\/tower\/(Tower|from))/.test(
												id
											) ||
											/src\/lib\/core\/ui\/(Age|Button|Empty|ErrorLine|Icon|icons-base|icons-more|Row|Skeleton|TopBar)\.(svelte|ts)/.test(
												id
											) ||
											/paraglide\/(runtime|registry)\.js/.test(id) ||
											/paraglide\/messages\/(age|error|tab|size|call|offline|category|state|retry|back|loading|app_name|stale|update)_?|messages\/(exercise|floor|test|fire_home|home_fire_here)\.js/.test(
												id
											)),
									minShareCount: 2
								},
								/* each file more is a round trip more where the server has one connection for six */
								{
									name: 'home',
									test: /src\/lib\/core\/ui\/(Gauge|StateLine)\.svelte|paraglide\/messages\/home_/,
									minShareCount: 2
								},
								{
									name: 'fire',
									test: /src\/lib\/core\/ui\/GreatButton\.svelte|paraglide\/messages\/(fire_|kept|delivered|accepted|refused)/,
									minShareCount: 2
								}
							]
						}
					}
				}
			}
		}
	},
	server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
	resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
	test: {
		environment: 'jsdom',
		include: ['src/**/*.test.ts'],
		setupFiles: ['src/test-setup.ts'],
		restoreMocks: true
	}
});
