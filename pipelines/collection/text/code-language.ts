import type { Element } from './hast.ts';

/**
 * The language of a code block from the attributes on and around it, as the common highlighters write
 * them: `language-ts`, `lang-ts`, `highlight-source-ts` (GitHub), `highlight-python` (Sphinx),
 * `brush: js`, `sourceCode ts` (Pandoc), `data-lang="ts"` (Hugo).
 */
export function codeLanguage(around: readonly Element['properties'][]): string | undefined {
  for (const properties of around) {
    const stated = properties['dataLang'] ?? properties['dataLanguage'];
    if (typeof stated === 'string' && isName(stated)) return stated.toLowerCase();
    const names = properties['className'];
    if (!Array.isArray(names)) continue;
    const language = inClasses(names.map(String));
    if (language) return language;
  }
  return undefined;
}

function inClasses(names: readonly string[]): string | undefined {
  for (const [index, name] of names.entries()) {
    const found = /^(?:language|lang|highlight-source|highlight(?:-text)?|brush)[-:](.+)$/i.exec(
      name,
    );
    const candidate =
      found?.[1] ?? (/^(?:brush:|sourceCode|hljs)$/i.test(name) ? names[index + 1] : undefined);
    const language = candidate?.replace(/;$/, '').toLowerCase();
    if (language && isName(language) && !/^(?:none|plain|default|wrapper)$/.test(language)) {
      return language;
    }
  }
  return undefined;
}

function isName(name: string): boolean {
  return /^[a-z][\w+#.-]{0,24}$/i.test(name);
}
