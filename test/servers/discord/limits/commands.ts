import type { FieldError } from '../rest/errors.ts';
import { characters } from './message.ts';

export type CommandDraft = {
  readonly name: string;
  readonly type?: number | null;
  readonly description?: string | null;
  readonly options?: readonly OptionDraft[] | null;
  readonly [field: string]: unknown;
};

export type OptionDraft = {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean | null;
  readonly autocomplete?: boolean | null;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[] | null;
  readonly options?: readonly OptionDraft[] | null;
  readonly min_length?: number | null;
  readonly max_length?: number | null;
  readonly min_value?: number | null;
  readonly max_value?: number | null;
  readonly [field: string]: unknown;
};

const CHAT_INPUT = 1;
/** Of names, descriptions and choices of one command together. */
const COMMAND_CHARACTERS = 8000;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** Documented rules of a command that the OpenAPI document does not state. */
export function commandErrors(command: CommandDraft): FieldError[] {
  const errors: FieldError[] = [];
  const chat = (command.type ?? CHAT_INPUT) === CHAT_INPUT;
  if (chat) {
    errors.push(...nameErrors(command.name, ['name']));
    if (!command.description) {
      errors.push({
        path: ['description'],
        code: 'BASE_TYPE_REQUIRED',
        message: 'This field is required',
      });
    }
  } else {
    if (command.description) {
      errors.push({
        path: ['description'],
        code: 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID',
        message: 'Context menu commands cannot have description',
      });
    }
    if (command.options?.length) {
      errors.push({
        path: ['options'],
        code: 'APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID',
        message: 'Context menu commands cannot have options',
      });
    }
  }
  errors.push(...optionErrors(command.options ?? [], ['options']));
  const size = total(command);
  if (size > COMMAND_CHARACTERS) {
    errors.push({
      path: [],
      code: 'APPLICATION_COMMAND_TOO_LARGE',
      message: `Command exceeds maximum size (${COMMAND_CHARACTERS})`,
    });
  }
  return errors;
}

function optionErrors(
  options: readonly OptionDraft[],
  path: readonly (string | number)[],
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  let optionalSeen = false;
  for (const [index, option] of options.entries()) {
    const here = [...path, index];
    errors.push(...nameErrors(option.name, [...here, 'name']));
    if (names.has(option.name)) {
      errors.push({
        path: here,
        code: 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
        message: 'Option name already exists',
      });
    }
    names.add(option.name);
    if (option.required && optionalSeen) {
      errors.push({
        path: here,
        code: 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        message: 'Required options must be placed before non-required options',
      });
    }
    if (!option.required && option.type > 2) optionalSeen = true;
    if (option.autocomplete && option.choices?.length) {
      errors.push({
        path: here,
        code: 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
        message: 'autocomplete excludes choices',
      });
    }
    errors.push(...optionErrors(option.options ?? [], [...here, 'options']));
  }
  return errors;
}

function nameErrors(name: string, path: readonly (string | number)[]): FieldError[] {
  if (NAME.test(name) && name === name.toLowerCase()) return [];
  const message = 'Command name is invalid: 1 to 32 lower-case letters, digits, - or _';
  return [{ path, code: 'APPLICATION_COMMAND_INVALID_NAME', message }];
}

function total(command: CommandDraft | OptionDraft): number {
  let sum = characters(command.name) + characters(command.description ?? '');
  for (const choice of ('choices' in command ? (command as OptionDraft).choices : null) ?? []) {
    sum += characters(choice.name) + characters(String(choice.value));
  }
  for (const option of command.options ?? []) sum += total(option);
  return sum;
}
