export type Values = Readonly<Record<string, string | number>>;

export type Formats = {
  readonly number: (value: number) => string;
  readonly plural: (value: number) => Intl.LDMLPluralRule;
};

/**
 * Fills a string's places. The syntax is the small part of ICU MessageFormat that our strings need:
 * `{name}` and `{name, plural, one {# word} other {# words}}`, where `#` is the number. No literal braces.
 */
export function fill(message: string, values: Values, formats: Formats): string {
  return message.replace(place, (_whole, name: string, forms: string | undefined) => {
    const value = values[name];
    if (forms !== undefined && typeof value === 'number') {
      const form = formOf(forms, formats.plural(value));
      return form.replaceAll('#', () => formats.number(value));
    }
    return typeof value === 'number' ? formats.number(value) : (value ?? `{${name}}`);
  });
}

/** The names of a string's places, and which of them choose a plural form. */
export function placesOf(message: string): ReadonlyMap<string, 'text' | 'plural'> {
  return new Map(
    [...message.matchAll(place)].map(([, name = '', forms]) => [name, forms ? 'plural' : 'text']),
  );
}

/** The plural forms of a string, place by place. */
export function formsOf(message: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...message.matchAll(place)].flatMap(([, name = '', forms]) =>
      forms ? [[name, [...forms.matchAll(form)].map(([, category = '']) => category)]] : [],
    ),
  );
}

const place = /\{(\w+)(?:, plural,((?: \w+ \{[^{}]*\})+))?\}/gu;
const form = /(\w+) \{([^{}]*)\}/gu;

function formOf(forms: string, category: string): string {
  const byCategory = new Map([...forms.matchAll(form)].map(([, name, text = '']) => [name, text]));
  return byCategory.get(category) ?? byCategory.get('other') ?? '';
}
