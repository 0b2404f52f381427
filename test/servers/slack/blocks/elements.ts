import { z } from 'zod';
import { id, select, selects } from './selects.ts';
import { actionable, confirmable, dispatchable, focusable, placeholder } from './shared.ts';
import { imageElement, option, plain, plainOption } from './text.ts';

/** Interactive elements, with the limits of docs.slack.dev/reference/block-kit/block-elements. */

export const button = z.strictObject({
  type: z.literal('button'),
  ...confirmable,
  text: plain(75),
  value: z.string().max(2_000).optional(),
  url: z.url().max(3_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
});

const feedbackButton = z.strictObject({
  text: plain(75),
  value: z.string().min(1).max(2_000),
  accessibility_label: z.string().max(75).optional(),
});

const feedbackButtons = z.strictObject({
  type: z.literal('feedback_buttons'),
  ...actionable,
  positive_button: feedbackButton,
  negative_button: feedbackButton,
});

const iconButton = z.strictObject({
  type: z.literal('icon_button'),
  ...confirmable,
  icon: z.enum(['trash']),
  text: plain(75),
  value: z.string().max(2_000).optional(),
  accessibility_label: z.string().max(75).optional(),
  visible_to_user_ids: z.array(z.string()).optional(),
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...confirmable,
  options: z.array(plainOption).min(1).max(5),
});

const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  ...confirmable,
  ...focusable,
  options: z.array(option).min(1).max(10),
  initial_option: option.optional(),
});

const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  ...confirmable,
  ...focusable,
  options: z.array(option).min(1).max(10),
  initial_options: z.array(option).min(1).max(10).optional(),
});

const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  ...actionable,
  ...dispatchable,
  ...focusable,
  ...placeholder,
  initial_value: z.string().max(3_000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3_000).optional(),
  max_length: z.int().min(1).max(3_000).optional(),
});

const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...actionable,
  ...dispatchable,
  ...focusable,
  ...placeholder,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
});

export const inActions = z.discriminatedUnion('type', [
  button,
  overflow,
  radioButtons,
  checkboxes,
  ...selects,
]);

export const inSection = z.discriminatedUnion('type', [
  button,
  overflow,
  radioButtons,
  checkboxes,
  imageElement,
  ...selects,
]);

export const inInput = z.discriminatedUnion('type', [
  plainTextInput,
  numberInput,
  select('email_text_input', { initial_value: id, ...dispatchable }),
  select('url_text_input', { initial_value: id, ...dispatchable }),
  radioButtons,
  checkboxes,
  ...selects,
]);

export const inContextActions = z.discriminatedUnion('type', [feedbackButtons, iconButton]);
