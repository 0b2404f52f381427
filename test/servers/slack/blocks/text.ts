import { z } from 'zod';

/** Composition objects, with the limits of docs.slack.dev/reference/block-kit/composition-objects. */

export const plain = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });

export const mrkdwn = (most: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(most),
    verbatim: z.boolean().optional(),
  });

export const text = (most: number) => z.discriminatedUnion('type', [plain(most), mrkdwn(most)]);

export const confirmation = z.strictObject({
  title: plain(100),
  text: text(300),
  confirm: plain(30),
  deny: plain(30),
  style: z.enum(['primary', 'danger']).optional(),
});

const described = {
  value: z.string().min(1).max(150),
  description: plain(75).optional(),
};

/** Of selects and overflow menus. */
export const plainOption = z.strictObject({
  text: plain(75),
  ...described,
  url: z.url().max(3_000).optional(),
});

/** Of radio buttons and checkboxes. */
export const option = z.strictObject({ text: text(75), ...described });

export const optionGroup = z.strictObject({
  label: plain(75),
  options: z.array(plainOption).min(1).max(100),
});

export const slackFile = z.union([
  z.strictObject({ id: z.string().min(1) }),
  z.strictObject({ url: z.url() }),
]);

export const imageElement = z
  .strictObject({
    type: z.literal('image'),
    alt_text: z.string().min(1).max(2_000),
    image_url: z.url().max(3_000).optional(),
    slack_file: slackFile.optional(),
  })
  .refine((image) => (image.image_url === undefined) !== (image.slack_file === undefined), {
    message: 'must have one of image_url and slack_file',
  });
