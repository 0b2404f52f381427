import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientError } from '../../../pipelines/stores/errors.ts';
import { bury, openStage, stateOf } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const text = async (response: Promise<Response>) => await (await response).text();

describe('the operator’s page', () => {
  test('shows each queue with its counts, what is dead and why, and what is behind', async () => {
    await bury(stage.queues, 'collect', 'https://ada.example/gone', 'The page is gone (410).');
    await stage.queues.enqueue('features', 'sync', {});
    const page = await text(stage.get('/'));
    expect(page).toContain('Documents behind: 3');
    expect(page).toContain('✓ Warehouse');
    expect(page).toContain('<a href="/?queue=collect&amp;state=dead#jobs">1</a>');
    expect(page).toContain('https://ada.example/gone');
    expect(page).toContain('The page is gone (410).');
    expect(page).toContain('after 1 of 5 tries');
    expect(page).not.toContain('sync');
    const waiting = await text(stage.get('/?queue=features&state=waiting'));
    expect(waiting).toContain('sync');
    expect(waiting).not.toContain('https://ada.example/gone');
  });

  test('shows what it cannot reach as a problem in its place, and the rest as ever', async () => {
    await stage.close();
    stage = await openStage(
      {},
      {
        queues: () => {
          throw new TransientError('Redis did not answer: connect ECONNREFUSED.', {
            code: 'queues.unreachable',
            hint: 'Check that it runs.',
          });
        },
      },
    );
    const response = await stage.get('/');
    expect(response.status).toBe(200);
    const page = await response.text();
    expect(page).toContain('Redis did not answer');
    expect(page.match(/Check that it runs\./gu)).toHaveLength(1);
    expect(page).toContain('✓ Warehouse');
    const ready = await stage.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: 'not-ready',
      checks: [
        { name: 'warehouse', ok: true },
        { name: 'features', ok: true },
        { name: 'queues', ok: false, code: 'queues.unreachable' },
      ],
    });
    const refused = await stage.post('/queue/collect/pause');
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('Redis did not answer');
  });

  test('writes what jobs say so that it shows as it is', async () => {
    const key = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
    const id = await bury(stage.queues, 'collect', key, '<b onclick="alert(3)">bold</b>');
    for (const path of ['/', `/jobs/${id}`]) {
      const page = await text(stage.get(path));
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(page).not.toContain('<script');
      expect(page).not.toContain('<img');
      expect(page).not.toContain('<b ');
    }
  });

  test('tells all about one job, and says when there is none', async () => {
    const id = await bury(stage.queues, 'collect', 'https://ada.example/gone', 'Gone.');
    const page = await text(stage.get(`/jobs/${id}`));
    for (const part of [id, 'Gone.', '&quot;link&quot;: &quot;https://ada.example/gone&quot;']) {
      expect(page).toContain(part);
    }
    const none = await stage.get('/jobs/nothing');
    expect(none.status).toBe(404);
    expect(await none.text()).toContain('There is no job nothing');
  });

  test('retries, cancels, pauses and resumes, and says what came of it', async () => {
    const id = await bury(stage.queues, 'collect', 'https://ada.example/gone', 'Gone.');
    const retried = await stage.post(`/jobs/${id}/retry`);
    expect(retried.status).toBe(303);
    expect(retried.headers.get('location')).toBe('/?said=retried');
    expect(await text(stage.get('/?said=retried'))).toContain('Back in line');
    expect(await stateOf(stage.queues, id)).toBe('waiting');
    const again = await stage.post(`/jobs/${id}/retry`);
    expect(again.headers.get('location')).toBe('/?said=no-retry');

    await stage.post(`/jobs/${id}/cancel`);
    expect(await stateOf(stage.queues, id)).toBe('cancelled');
    await stage.post('/queue/collect/pause');
    expect(await stage.queues.paused('collect')).toBe(true);
    expect(await text(stage.get('/'))).toContain('paused');
    await stage.post('/queue/collect/resume');
    expect(await stage.queues.paused('collect')).toBe(false);

    const dead = await bury(stage.queues, 'collect', 'https://ada.example/other', 'Gone.');
    await stage.post('/queue/collect/retry');
    expect(await stateOf(stage.queues, dead)).toBe('waiting');
    expect((await stage.post('/queue/nowhere/pause')).status).toBe(404);
  });

  test('shows what failed and is to be tried again among what went wrong', async () => {
    const stop = new AbortController();
    const handler = async () => {
      setImmediate(() => stop.abort());
      throw new TransientError('503 Service Unavailable', { code: 'x', retryAfterMs: 3_600_000 });
    };
    await stage.queues.enqueue('collect', 'https://ada.example/busy', {});
    await stage.queues.work('collect', handler, { signal: stop.signal });
    const page = await text(stage.get('/'));
    expect(page).toContain('503 Service Unavailable');
    expect(page).toMatch(
      /starts in (59|60) min, tried 1 of 5 times|starts in 1 h, tried 1 of 5 times/u,
    );
  });

  test('has no page of bull-board where no Redis is', async () => {
    const queues = await stage.get('/queues');
    expect([queues.status, queues.headers.get('location')]).toEqual([302, '/']);
    expect(await text(stage.get('/'))).not.toContain('bull-board');
  });

  test('tells Prometheus what is up, paused, behind and overdue', async () => {
    await stage.queues.pause('train');
    await stage.queues.schedule({ queue: 'collect', key: 'round', payload: {}, everyMs: 60_000 });
    const metrics = await text(stage.get('/metrics'));
    expect(metrics).toContain('understudy_up{part="queues"} 1');
    expect(metrics).toContain('understudy_queue_paused{queue="train"} 1');
    expect(metrics).toContain('understudy_queue_paused{queue="collect"} 0');
    expect(metrics).toContain('understudy_documents_behind 3');
    expect(metrics).toContain('understudy_queue_schedules{queue="collect"} 1');
    expect(metrics).toContain('understudy_queue_schedule_overdue_seconds{queue="collect"} 0');
  });

  test('leaves out of the metrics what it cannot know', async () => {
    await stage.close();
    const away = () => {
      throw new TransientError('away', { code: 'queues.unreachable' });
    };
    const behind = () => ({ documents: null, countedAt: null, problem: null });
    stage = await openStage({}, { queues: away, behind });
    const metrics = await text(stage.get('/metrics'));
    expect(metrics).toContain('understudy_up{part="queues"} 0');
    expect(metrics).toContain('understudy_up{part="warehouse"} 1');
    expect(metrics).not.toMatch(/^understudy_(queue|documents)_\w+(\{.*\})? /mu);
  });
});
