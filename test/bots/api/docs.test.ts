import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestTwin, type TestTwin } from '../twin.ts';
import { hasChromium, howToGetChromium, launch } from '../web/browser.ts';
import type { OpenApi } from './contract.ts';
import { openScene, type Scene } from './scene.ts';

let twin: TestTwin;
let scene: Scene;
let document: OpenApi;

beforeAll(async () => {
  twin = await openTestTwin([{ title: 'Ports', content: 'The playground listens on port 4000.' }]);
  scene = await openScene(twin);
  document = (await scene.call('/openapi.json', { key: null })).json as unknown as OpenApi;
});
afterAll(async () => {
  await scene.close();
  await twin.close();
});

const operations = () =>
  Object.values(document.paths).flatMap((path) => Object.values(path)) as {
    operationId: string;
    summary: string;
    description?: string;
    security?: unknown[];
    responses: Record<string, { description: string }>;
  }[];

describe('the OpenAPI document', () => {
  test('is 3.1 and describes every route there is', () => {
    expect(document.openapi).toBe('3.1.0');
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'get /healthz',
      'get /metrics',
      'get /readyz',
      'get /v1/documents/{id}',
      'get /v1/models',
      'get /v1/sources',
      'post /v1/ask',
      'post /v1/chat/completions',
      'post /v1/documents',
      'post /v1/feedback',
    ]);
  });

  test('names each operation once, and says in words what it does and which scope it needs', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { summary, description = '', security, responses } of operations()) {
      expect(summary).not.toBe('');
      expect(security?.length === 0 || description.startsWith('Scope: ')).toBe(true);
      for (const response of Object.values(responses)) expect(response.description).not.toBe('');
    }
  });

  test('has schemas that are schemas, each of them used, and no reference leads nowhere', () => {
    const text = JSON.stringify(document);
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    ajv.addVocabulary(['components']);
    ajv.addSchema({ $id: 'api:', components: document.components });
    const names = Object.keys(document.components.schemas);
    expect(names).toContain('AnswerEvent');
    for (const name of names) {
      expect(text).toContain(`"#/components/schemas/${name}"`);
      expect(() => ajv.compile({ $ref: `api:#/components/schemas/${name}` })).not.toThrow();
    }
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/gu)) {
      expect(names).toContain(name);
    }
  });

  test('describes an answer’s events as one of several', () => {
    const { AnswerEvent } = document.components.schemas as unknown as Record<string, { oneOf: [] }>;
    expect(AnswerEvent?.oneOf).toHaveLength(6);
  });
});

test('the docs come from here alone, under a policy that lets nothing else in', async () => {
  const { status, headers, text } = await scene.call('/docs', { key: null });
  expect(status).toBe(200);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(text).not.toMatch(/https?:\/\//u);
  const json = await scene.call('/v1/models');
  expect(json.headers.get('content-security-policy')).toBe(
    "default-src 'none'; frame-ancestors 'none'",
  );
});

describe.skipIf(!hasChromium)(`the docs in a real browser (${howToGetChromium})`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test('show every operation, and ask the twin with a key that was typed in', async () => {
    const page = await browser.newPage();
    const trouble: string[] = [];
    page.on('pageerror', ({ message }) => trouble.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') trouble.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(scene.url) && !url.startsWith('data:')) trouble.push(url);
    });
    await page.goto(`${scene.url}/docs`);
    await page.getByText('Ask the twin', { exact: true }).waitFor();
    expect(await page.locator('.opblock').count()).toBe(10);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.getByLabel('auth-bearer-value').fill(scene.everything);
    await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Apply' }).click();
    await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Close' }).click();
    await page.getByText('What the twin answers from', { exact: true }).click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.locator('.live-responses-table').getByText('"documents": 1').first().waitFor();
    expect(trouble).toEqual([]);
    await page.close();
  });
});
