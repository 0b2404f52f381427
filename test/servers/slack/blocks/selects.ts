import { z } from 'zod';
import { confirmable, focusable, placeholder } from './shared.ts';
import { optionGroup, plainOption } from './text.ts';

/** Menus and pickers. */

const choices = {
  options: z.array(plainOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};
const oneSource = (select: { options?: unknown; option_groups?: unknown }): boolean =>
  (select.options === undefined) !== (select.option_groups === undefined);
const ONE_SOURCE = { message: 'must have one of options and option_groups' };

const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    ...confirmable,
    ...focusable,
    ...placeholder,
    ...choices,
    initial_option: plainOption.optional(),
  })
  .refine(oneSource, ONE_SOURCE);

const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...confirmable,
    ...focusable,
    ...placeholder,
    ...choices,
    initial_options: z.array(plainOption).min(1).max(100).optional(),
    max_selected_items: z.int().min(1).optional(),
  })
  .refine(oneSource, ONE_SOURCE);

export const select = <Kind extends string>(type: Kind, initial: z.ZodRawShape) =>
  z.strictObject({
    type: z.literal(type),
    ...confirmable,
    ...focusable,
    ...placeholder,
    ...initial,
  });
const ids = z.array(z.string()).optional();
export const id = z.string().optional();
const most = { max_selected_items: z.int().min(1).optional() };
const responds = { response_url_enabled: z.boolean().optional() };
const filter = {
  default_to_current_conversation: z.boolean().optional(),
  filter: z
    .strictObject({
      include: z
        .array(z.enum(['im', 'mpim', 'private', 'public']))
        .min(1)
        .optional(),
      exclude_external_shared_channels: z.boolean().optional(),
      exclude_bot_users: z.boolean().optional(),
    })
    .optional(),
};

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional();
const time = z
  .string()
  .regex(/^\d{2}:\d{2}$/)
  .optional();

export const selects = [
  staticSelect,
  multiStaticSelect,
  select('users_select', { initial_user: id }),
  select('multi_users_select', { initial_users: ids, ...most }),
  select('conversations_select', { initial_conversation: id, ...filter, ...responds }),
  select('multi_conversations_select', { initial_conversations: ids, ...filter, ...most }),
  select('channels_select', { initial_channel: id, ...responds }),
  select('multi_channels_select', { initial_channels: ids, ...most }),
  select('external_select', {
    initial_option: plainOption.optional(),
    min_query_length: z.int().optional(),
  }),
  select('datepicker', { initial_date: date }),
  select('timepicker', { initial_time: time, timezone: z.string().optional() }),
  select('datetimepicker', { initial_date_time: z.int().optional() }),
] as const;
