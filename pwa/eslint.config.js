import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/* core stands under every feature; no feature knows another; the worker knows core alone */
const features = readdirSync('src/lib', { withFileTypes: true })
	.filter((entry) => entry.isDirectory() && !['core', 'paraglide'].includes(entry.name))
	.map((entry) => `./src/lib/${entry.name}`);

const zones = [
	...features.map((feature) => ({
		target: feature,
		from: features.filter((other) => other !== feature),
		message: 'A feature does not import another: move what both need to core.'
	})),
	{ target: './src/lib/core', from: [...features, './src/routes'], message: 'Core knows no feature.' },
	{
		target: './src/service-worker',
		from: [...features, './src/routes', './src/lib/core/ui'],
		message: 'The service worker imports core only.'
	}
];

export default ts.config(
	{ ignores: ['build/', '.svelte-kit/', 'src/lib/paraglide/', 'src/lib/core/api/schema.d.ts', 'static/'] },
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		plugins: { 'import-x': importX },
		settings: {
			'import-x/extensions': ['.ts', '.js', '.svelte'],
			'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })]
		},
		rules: {
			'no-undef': 'off',
			'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
			'import-x/no-restricted-paths': ['error', { zones }],
			'svelte/no-navigation-without-resolve': 'off',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
		rules: { 'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }] }
	},
	{ files: ['**/*.test.ts', 'scripts/**'], rules: { 'max-lines': 'off' } }
);
