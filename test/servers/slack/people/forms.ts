import type { Block, FormValues } from '../types.ts';
import { controlsOf, type Pressable } from '../visible.ts';
import type { Json } from '../wire.ts';

type Values = string | readonly string[] | null | undefined;

/** The state of a form as a submission reports it: by block id, then action id. */
export function formState(blocks: readonly Block[], values: FormValues): Json {
  const controls = controlsOf(blocks).filter((control) => reads(control) !== undefined);
  const known = new Set(controls.map(({ action_id }) => action_id));
  for (const name of Object.keys(values)) {
    if (!known.has(name)) throw new Error(`There is no field ${name}: ${[...known].join(', ')}`);
  }
  const state: Record<string, Record<string, unknown>> = {};
  for (const control of controls) {
    const value = values[control.action_id];
    const block = blocks.find((one) => one.block_id === control.block_id);
    const filled = stateOf(control, value);
    if (block?.type === 'input' && block['optional'] !== true && isEmpty(filled)) {
      throw new Error(`The field ${control.action_id} must be filled in.`);
    }
    state[control.block_id] = { ...state[control.block_id], [control.action_id]: filled };
  }
  return state;
}

function isEmpty(state: Json): boolean {
  const { type: _type, ...rest } = state;
  return Object.values(rest).every(
    (value) => value === null || value === '' || (Array.isArray(value) && value.length === 0),
  );
}

/** One element's part of the state, or of an action that reports at once. */
export function stateOf(control: Pressable, value: Values): Json {
  const type = String(control['type']);
  const key = reads(control);
  if (key === undefined) throw new Error(`A ${type} takes no value.`);
  if (key === 'selected_options') {
    const chosen = value ?? initialValues(control['initial_options']);
    return { type, [key]: [chosen].flat().map((one) => optionOf(control, one)) };
  }
  if (key === 'selected_option') {
    const chosen = value === undefined ? initialValues([control['initial_option']])[0] : value;
    return { type, [key]: typeof chosen === 'string' ? optionOf(control, chosen) : null };
  }
  const initial = control[key === 'value' ? 'initial_value' : key.replace('selected', 'initial')];
  const chosen = value === undefined ? initial : value;
  return { type, [key]: /s$/.test(key) ? [chosen ?? []].flat() : (chosen ?? null) };
}

const READS: readonly (readonly [RegExp, string])[] = [
  [/^(multi_static_select|multi_external_select|checkboxes)$/, 'selected_options'],
  [/^(static_select|external_select|radio_buttons|overflow)$/, 'selected_option'],
  [/^users_select$/, 'selected_user'],
  [/^multi_users_select$/, 'selected_users'],
  [/^conversations_select$/, 'selected_conversation'],
  [/^multi_conversations_select$/, 'selected_conversations'],
  [/^channels_select$/, 'selected_channel'],
  [/^multi_channels_select$/, 'selected_channels'],
  [/^datepicker$/, 'selected_date'],
  [/^timepicker$/, 'selected_time'],
  [/^(plain_text|email_text|url_text|number)_input$/, 'value'],
];

function reads(control: Pressable): string | undefined {
  return READS.find(([type]) => type.test(String(control['type'])))?.[1];
}

function optionOf(control: Pressable, value: string): Json {
  const groups = (control['option_groups'] ?? []) as readonly {
    readonly options: readonly Json[];
  }[];
  const direct = (control['options'] ?? []) as readonly Json[];
  const options = [...direct, ...groups.flatMap((group) => group.options)];
  const found = options.find((option) => option['value'] === value);
  if (found === undefined) {
    const offered = options.map((option) => option['value']).join(', ');
    throw new Error(`${control.action_id} does not offer ${value}: ${offered}`);
  }
  return found;
}

function initialValues(options: unknown): readonly string[] {
  return ((options ?? []) as readonly (Json | undefined)[]).flatMap((option) =>
    option === undefined ? [] : [String(option['value'])],
  );
}
