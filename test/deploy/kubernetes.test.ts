import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Manifest, manifests, ofKind, root } from './manifests.ts';
import { pod, reaches } from './network.ts';

/** The published schemas, as classes with a `validate` that throws. */
async function modelOf({ apiVersion, kind }: Manifest) {
  const models: Record<string, new (data: object) => { validate(): void }> = await import(
    `kubernetes-models/${apiVersion}`
  );
  const Model = models[kind];
  if (!Model) throw new Error(`There is no ${kind} in ${apiVersion}.`);
  return Model;
}

const deployments = ofKind('Deployment').map((each) => [each.metadata.name, each] as const);
const components = deployments.map(([name]) => name);
const stores = { labels: {}, namespace: { 'understudy/role': 'stores' } };
const models = { labels: {}, namespace: { 'understudy/role': 'models' } };
const prometheus = { labels: {}, namespace: { 'understudy/role': 'metrics' } };

describe('the Kubernetes manifests', () => {
  test.each(
    manifests().map((each) => [`${each.file}: ${each.kind} ${each.metadata.name}`, each] as const),
  )('%s fits the published schema of its kind', async (_, { file: _file, ...manifest }) => {
    const Model = await modelOf(manifest as Manifest);
    expect(() => new Model(manifest).validate()).not.toThrow();
  });

  test('the check of schemas sees a mistake', async () => {
    const { file: _file, ...first } = ofKind('Deployment')[0]!;
    const broken = { ...first, spec: { ...first['spec'], replicas: 'many' } };
    const Model = await modelOf(first as Manifest);
    expect(() => new Model(broken).validate()).toThrow();
  });

  test('are all applied by the kustomization, but for examples', () => {
    const { resources } = parse(
      readFileSync(join(root, 'deploy/kubernetes/kustomization.yaml'), 'utf8'),
    ) as { resources: readonly string[] };
    const files = new Set(manifests().map(({ file }) => file));
    expect([...files].filter((file) => !file.includes('.example.')).sort()).toEqual(
      [...resources].sort(),
    );
  });

  test('there is a deployment for each process', () => {
    expect([...components].sort()).toEqual(
      ['bots', 'collection', 'features', 'inference', 'monitoring', 'training'].sort(),
    );
  });

  describe.each(deployments)('%s', (name, { spec }) => {
    const { template } = spec;
    const [container] = template.spec.containers;

    test('runs a program that is there', () => {
      expect(existsSync(join(root, container.args[0]))).toBe(true);
    });

    test('runs without privileges on a file system it cannot change', () => {
      expect(template.spec.securityContext.runAsNonRoot).toBe(true);
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(template.spec.automountServiceAccountToken).toBe(false);
    });

    test('is watched, bounded, and has a budget for disruptions', () => {
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        expect(container[probe].httpGet.path).toMatch(/^\/health\/(live|ready)$/);
      }
      expect(container.resources.limits.memory).toBeDefined();
      const selectors = ofKind('PodDisruptionBudget').map(
        (each) => each['spec'].selector.matchLabels,
      );
      expect(selectors).toContainEqual(spec.selector.matchLabels);
    });

    test('selects its own pods, and is told only what exists', () => {
      expect(template.metadata.labels).toEqual(spec.selector.matchLabels);
      const known = new Set(
        [...ofKind('ConfigMap'), ...ofKind('Secret')].map((each) => each.metadata.name),
      );
      for (const source of container.envFrom) {
        expect(known).toContain((source.configMapRef ?? source.secretRef).name);
      }
    });

    test('has no fixed number of replicas where an autoscaler sets it', () => {
      const scaled = ofKind('HorizontalPodAutoscaler').some(
        (each) => each['spec'].scaleTargetRef.name === name,
      );
      expect('replicas' in spec).toBe(!scaled);
    });
  });

  test('an autoscaler looks at the age of its queue, or at the time until the first words', () => {
    const metrics = Object.fromEntries(
      ofKind('HorizontalPodAutoscaler').map(({ metadata, spec }) => [
        metadata.name,
        (spec.metrics[0].external ?? spec.metrics[0].pods).metric,
      ]),
    );
    expect(metrics).toEqual({
      collection: {
        name: 'understudy_queue_oldest_seconds',
        selector: { matchLabels: { queue: 'collect' } },
      },
      features: {
        name: 'understudy_queue_oldest_seconds',
        selector: { matchLabels: { queue: 'features' } },
      },
      inference: { name: 'understudy_inference_first_token_seconds_p95' },
    });
  });

  describe('the network', () => {
    const pipelines = ['collection', 'features', 'training'];

    test.each(pipelines)('%s cannot reach the inference pods, nor they it', (name) => {
      for (const port of [80, 443, 8080, 9464]) {
        expect(reaches(pod(name), pod('inference'), port)).toBe(false);
        expect(reaches(pod('inference'), pod(name), port)).toBe(false);
      }
    });

    test('pipelines cannot reach each other', () => {
      for (const from of pipelines) {
        for (const to of pipelines) expect(reaches(pod(from), pod(to), 9464)).toBe(false);
      }
    });

    test('only the bots ask the inference pods', () => {
      const asking = components.filter((name) => reaches(pod(name), pod('inference'), 9464));
      expect(asking).toEqual(['bots']);
    });

    test('every process reaches the warehouse, and all but inference the queues', () => {
      for (const name of components) {
        expect(reaches(pod(name), stores, 27_017)).toBe(true);
        expect(reaches(pod(name), stores, 6379)).toBe(name !== 'inference');
        expect(reaches(pod(name), stores, 22)).toBe(false);
      }
    });

    test('collection does not reach the feature store, the others do', () => {
      const reaching = components.filter((name) => reaches(pod(name), stores, 6333));
      expect(reaching.sort()).toEqual(['bots', 'features', 'inference', 'monitoring', 'training']);
    });

    test('model servers answer features and inference only', () => {
      const reaching = components.filter((name) => reaches(pod(name), models, 8080));
      expect(reaching.sort()).toEqual(['features', 'inference']);
    });

    test('the internet is public addresses only, for those who need it', () => {
      const reaching = components.filter((name) =>
        reaches(pod(name), { address: '93.184.216.34' }, 443),
      );
      expect(reaching.sort()).toEqual(['bots', 'collection', 'training']);
      for (const address of [
        '10.0.0.1',
        '169.254.169.254',
        '192.168.1.1',
        '172.20.3.4',
        '127.0.0.1',
      ]) {
        expect(reaches(pod('collection'), { address }, 443)).toBe(false);
      }
    });

    test('metrics are read by Prometheus and nobody else from outside', () => {
      for (const name of components) {
        expect(reaches(prometheus, pod(name), 9464)).toBe(true);
        expect(reaches({ labels: {}, namespace: {} }, pod(name), 9464)).toBe(false);
      }
    });
  });
});
