import { ComponentType } from 'discord.js';
import type { FieldError } from '../rest/errors.ts';
import { type Component, isSelect, walk } from '../world/components.ts';

type Add = (path: readonly (string | number)[], code: string, message: string) => void;

/** Documented rules of components that the OpenAPI document does not state. */
export function componentErrors(tree: readonly Component[], v2: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const customIds = new Set<string>();
  const add: Add = (path, code, message) =>
    errors.push({ path: ['components', ...path], code, message });
  if (!v2 && tree.length > 5) add([], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  for (const { component, path } of walk(tree)) {
    if (!v2 && path.length === 1 && component.type !== ComponentType.ActionRow) {
      const message = `Component type ${component.type} requires MessageFlags.IS_COMPONENTS_V2.`;
      add(path, 'UNION_TYPE_CHOICES', message);
    }
    const customId = component['custom_id'];
    if (typeof customId === 'string') {
      if (customIds.has(customId)) {
        add(
          [...path, 'custom_id'],
          'COMPONENT_CUSTOM_ID_DUPLICATED',
          'Component custom id cannot be duplicated',
        );
      }
      customIds.add(customId);
    }
    if (component.type === ComponentType.ActionRow) row(component, path, add);
    if (component.type === ComponentType.Button) button(component, path, add);
    if (isSelect(component)) select(component, path, add);
    if (
      component.type === ComponentType.TextDisplay &&
      !String(component['content'] ?? '').trim()
    ) {
      add([...path, 'content'], 'BASE_TYPE_REQUIRED', 'This field is required');
    }
    if (component.type === ComponentType.Section) {
      const count = (component['components'] as unknown[]).length;
      if (count > 3)
        add([...path, 'components'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 3 in length.');
    }
  }
  return errors;
}

function row(component: Component, path: readonly (string | number)[], add: Add): void {
  const inside = (component['components'] ?? []) as Component[];
  const widths = inside.reduce((sum, one) => sum + (isSelect(one) ? 5 : 1), 0);
  if (widths < 1 || widths > 5) {
    const message = 'An action row holds one to five buttons or one select.';
    add([...path, 'components'], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
  }
}

function button(component: Component, path: readonly (string | number)[], add: Add): void {
  const link = component['style'] === 5;
  if (link && !component['url'])
    add([...path, 'url'], 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
  if (link && component['custom_id']) {
    add(
      [...path, 'custom_id'],
      'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
      'A link has no custom id',
    );
  }
  if (!link && component['style'] !== 6 && !component['custom_id']) {
    add([...path, 'custom_id'], 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
  }
  if (!component['label'] && !component['emoji'] && component['style'] !== 6) {
    add(path, 'BUTTON_COMPONENT_INVALID', 'A button needs a label or an emoji');
  }
  const url = component['url'];
  if (typeof url === 'string' && !/^(https?|discord):\/\//.test(url)) {
    add([...path, 'url'], 'BASE_TYPE_BAD_URL', 'Scheme must be one of (http, https, discord).');
  }
}

function select(component: Component, path: readonly (string | number)[], add: Add): void {
  const options = component['options'] as { value: string }[] | undefined;
  if (component.type !== ComponentType.StringSelect) return;
  const count = options?.length ?? 0;
  if (count < 1 || count > 25) {
    add([...path, 'options'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 25 in length.');
  }
  if (new Set(options?.map(({ value }) => value)).size !== count) {
    add(
      [...path, 'options'],
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      'Option values must be unique',
    );
  }
  if (
    Number(component['max_values'] ?? 1) > count ||
    Number(component['min_values'] ?? 1) > count
  ) {
    add([...path, 'max_values'], 'BASE_TYPE_MAX', 'More values than options');
  }
}

/** Rules of a modal's components beyond the schema. */
export function modalErrors(tree: readonly Component[]): FieldError[] {
  const errors: FieldError[] = [];
  const customIds = new Set<unknown>();
  const add: Add = (path, code, message) =>
    errors.push({ path: ['data', 'components', ...path], code, message });
  if (tree.length > 5) add([], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  for (const { component, path } of walk(tree)) {
    const customId = component['custom_id'];
    if (customId !== undefined && customIds.has(customId)) {
      add(
        [...path, 'custom_id'],
        'COMPONENT_CUSTOM_ID_DUPLICATED',
        'Component custom id cannot be duplicated',
      );
    }
    customIds.add(customId);
    if (component.type === ComponentType.StringSelect) select(component, path, add);
    const least = Number(component['min_length'] ?? 0);
    if (
      component.type === ComponentType.TextInput &&
      least > Number(component['max_length'] ?? 4000)
    ) {
      add([...path, 'min_length'], 'TEXT_INPUT_COMPONENT_LENGTH', 'min_length is above max_length');
    }
  }
  return errors;
}
