import { ComponentType } from 'discord.js';
import type { Control } from '../types/seen.ts';

/** A component of any kind, as it travels. */
export type Component = { readonly type: number; readonly [field: string]: unknown };

/** Every component in a tree, a parent before what is in it. */
export function* walk(
  components: readonly Component[],
): Generator<{ component: Component; path: (string | number)[] }> {
  for (const [index, component] of components.entries()) {
    yield { component, path: [index] };
    for (const [field, inner] of nested(component)) {
      for (const found of walk(inner))
        yield { component: found.component, path: [index, field, ...found.path] };
    }
  }
}

function nested(component: Component): [string, Component[]][] {
  const found: [string, Component[]][] = [];
  if (Array.isArray(component['components'])) found.push(['components', component['components']]);
  for (const field of ['accessory', 'component']) {
    const single = component[field];
    if (single && typeof single === 'object') found.push([field, [single as Component]]);
  }
  return found;
}

/** What a person reads in a message: its content, its components' text, its embeds' text. */
export function visibleText(message: {
  readonly content?: string;
  readonly components?: readonly unknown[];
  readonly embeds?: readonly { readonly title?: string; readonly description?: string }[];
}): string {
  const texts = [message.content ?? ''];
  for (const { component } of walk((message.components ?? []) as Component[])) {
    if (component.type === ComponentType.TextDisplay)
      texts.push(String(component['content'] ?? ''));
  }
  for (const embed of message.embeds ?? []) texts.push(embed.title ?? '', embed.description ?? '');
  return texts.filter((text) => text !== '').join('\n');
}

/** The buttons, links and selects of a message, in order. */
export function controlsOf(components: readonly Component[]): Control[] {
  const controls: Control[] = [];
  for (const { component } of walk(components)) {
    const button = component.type === ComponentType.Button;
    if (!button && !isSelect(component)) continue;
    const options = (component['options'] ?? []) as { label: string; value: string }[];
    controls.push({
      kind: !button ? 'select' : component['url'] ? 'link' : 'button',
      label: String(component[button ? 'label' : 'placeholder'] ?? emojiName(component) ?? ''),
      customId: component['custom_id'] as string | undefined,
      url: (component['url'] ?? undefined) as string | undefined,
      disabled: component['disabled'] === true,
      options: options.map(({ label, value }) => ({ label, value })),
    });
  }
  return controls;
}

function emojiName(component: Component): string | undefined {
  return (component['emoji'] as { name?: string } | undefined)?.name;
}

export function isSelect(component: Component): boolean {
  return (
    component.type === ComponentType.StringSelect || (component.type >= 5 && component.type <= 8)
  );
}

/** Numbers every component and fills in what Discord fills in; `from` is the last number taken. */
export function numbered(components: readonly Component[]): Component[] {
  const taken = new Set<unknown>();
  for (const { component } of walk(components)) if (component['id']) taken.add(component['id']);
  let last = 0;
  const fresh = () => {
    do last++;
    while (taken.has(last));
    return last;
  };
  const fill = (component: Component): Component => {
    const { id, ...given } = component;
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
    const filled: Record<string, unknown> = {
      ...defaults(component.type),
      ...known,
      id: id || fresh(),
    };
    for (const [field, inner] of nested(component)) {
      const made = inner.map(fill);
      filled[field] = field === 'components' ? made : made[0];
    }
    return filled as Component;
  };
  return components.map(fill);
}

function defaults(type: number): Record<string, unknown> {
  switch (type) {
    case ComponentType.Container:
      return { accent_color: null, spoiler: false };
    case ComponentType.Separator:
      return { spacing: 1, divider: true };
    case ComponentType.Thumbnail:
      return { description: null, spoiler: false };
    case ComponentType.File:
      return { name: null, size: null, spoiler: false };
    default:
      return type === ComponentType.StringSelect || (type >= 5 && type <= 8)
        ? { min_values: 1, max_values: 1 }
        : {};
  }
}
