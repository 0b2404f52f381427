import { z } from 'zod';
import { button, inActions, inContextActions, inInput, inSection } from './elements.ts';
import { richText } from './rich-text.ts';
import { imageElement, mrkdwn, plain, slackFile, text } from './text.ts';

/** Every block that messages, modals and home tabs may carry, as docs.slack.dev/reference/block-kit/blocks. */

const named = { block_id: z.string().min(1).max(255).optional() };

const actions = z.strictObject({
  type: z.literal('actions'),
  ...named,
  elements: z.array(inActions).min(1).max(25),
});
const context = z.strictObject({
  type: z.literal('context'),
  ...named,
  elements: z
    .array(z.discriminatedUnion('type', [imageElement, plain(3_000), mrkdwn(3_000)]))
    .min(1)
    .max(10),
});
const divider = z.strictObject({ type: z.literal('divider'), ...named });
const header = z.strictObject({ type: z.literal('header'), ...named, text: plain(150) });
const image = z
  .strictObject({
    type: z.literal('image'),
    ...named,
    alt_text: z.string().min(1).max(2_000),
    title: plain(2_000).optional(),
    image_url: z.url().max(3_000).optional(),
    slack_file: slackFile.optional(),
  })
  .refine((it) => (it.image_url === undefined) !== (it.slack_file === undefined), {
    message: 'must have one of image_url and slack_file',
  });
const input = z.strictObject({
  type: z.literal('input'),
  ...named,
  label: plain(2_000),
  hint: plain(2_000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: inInput,
});
const section = z
  .strictObject({
    type: z.literal('section'),
    ...named,
    text: text(3_000).optional(),
    fields: z.array(text(2_000)).min(1).max(10).optional(),
    accessory: inSection.optional(),
    expand: z.boolean().optional(),
  })
  .refine((it) => it.text !== undefined || it.fields !== undefined, {
    message: 'must have one of text and fields',
  });

const rawText = z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) });
const rawNumber = z.strictObject({
  type: z.literal('raw_number'),
  value: z.number(),
  text: z.string().min(1),
});
const cell = z.discriminatedUnion('type', [rawText, rawNumber, richText]);
const table = z.strictObject({
  type: z.literal('table'),
  ...named,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z.strictObject({
        align: z.enum(['left', 'center', 'right']).optional(),
        is_wrapped: z.boolean().optional(),
      }),
    )
    .max(20)
    .optional(),
});
const dataTable = z.strictObject({
  type: z.literal('data_table'),
  ...named,
  caption: z.string().min(1),
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(101),
  page_size: z.int().min(1).max(100).optional(),
  row_header_column_index: z.int().min(0).optional(),
});

export const source = z.strictObject({
  type: z.literal('url'),
  url: z.url({ protocol: /^https?$/ }),
  text: z.string().min(1),
});
const taskCard = z.strictObject({
  type: z.literal('task_card'),
  ...named,
  task_id: z.string().min(1).max(255),
  title: z.string().min(1).max(256),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(source).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
});
const plan = z.strictObject({
  type: z.literal('plan'),
  ...named,
  title: z.string().min(1).max(256),
  tasks: z.array(taskCard).max(50).optional(),
});

const card = z.strictObject({
  type: z.literal('card'),
  ...named,
  hero_image: imageElement.optional(),
  icon: imageElement.optional(),
  title: mrkdwn(150).optional(),
  subtitle: mrkdwn(150).optional(),
  body: mrkdwn(200).optional(),
  actions: z.array(button).max(3).optional(),
});
const container = z
  .strictObject({
    type: z.literal('container'),
    ...named,
    title: plain(150).optional(),
    rich_text_title: richText.optional(),
    subtitle: text(150).optional(),
    child_blocks: z
      .array(
        z.discriminatedUnion('type', [
          actions,
          context,
          divider,
          header,
          image,
          input,
          richText,
          section,
          table,
        ]),
      )
      .min(1)
      .max(10),
    width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
    icon: imageElement.optional(),
    is_collapsible: z.boolean().optional(),
    default_collapsed: z.boolean().optional(),
    has_header_divider: z.boolean().optional(),
  })
  .refine((it) => it.title !== undefined || it.rich_text_title !== undefined, {
    message: 'must have one of title and rich_text_title',
  });

export const block = z.discriminatedUnion('type', [
  actions,
  z.strictObject({
    type: z.literal('alert'),
    ...named,
    text: text(200),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  card,
  z.strictObject({ type: z.literal('carousel'), ...named, elements: z.array(card).min(1).max(10) }),
  container,
  context,
  z.strictObject({
    type: z.literal('context_actions'),
    ...named,
    elements: z.array(inContextActions).min(1).max(5),
  }),
  dataTable,
  divider,
  header,
  image,
  input,
  z.strictObject({ type: z.literal('markdown'), ...named, text: z.string().min(1).max(12_000) }),
  plan,
  richText,
  section,
  table,
  taskCard,
]);
