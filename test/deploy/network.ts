import { ofKind } from './manifests.ts';

type Labels = Readonly<Record<string, string>>;

/** A pod, or an address outside; `namespace` carries the labels of the pod's namespace. */
export type Place =
  | { readonly labels: Labels; readonly namespace: Labels }
  | { readonly address: string };

type Selector = {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};

type Peer = {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
};

type Rule = {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
};

type Policy = {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
};

/** Labels of the namespace that the manifests are applied to. */
export const home: Labels = { 'kubernetes.io/metadata.name': 'understudy' };

export function pod(component: string): Place {
  return {
    labels: { 'app.kubernetes.io/name': 'understudy', 'app.kubernetes.io/component': component },
    namespace: home,
  };
}

/**
 * Whether the network lets `from` open a TCP connection to `to`, by the rules of NetworkPolicy: what no policy selects
 * is open, what one selects is closed but for what the policies that select it allow, on both ends.
 */
export function reaches(from: Place, to: Place, port: number): boolean {
  const policies: readonly Policy[] = ofKind('NetworkPolicy').map(({ spec }) => spec);
  return (
    passes(policies, from, 'Egress', to, port, (policy) => policy.egress, 'to') &&
    passes(policies, to, 'Ingress', from, port, (policy) => policy.ingress, 'from')
  );
}

function passes(
  policies: readonly Policy[],
  subject: Place,
  direction: string,
  other: Place,
  port: number,
  rulesOf: (policy: Policy) => readonly Rule[] | undefined,
  side: 'from' | 'to',
): boolean {
  // The policies are of one namespace: who is elsewhere is not theirs to close.
  if (!('labels' in subject) || subject.namespace !== home) return true;
  const applying = policies.filter(
    ({ podSelector, policyTypes }) =>
      policyTypes.includes(direction) && selects(podSelector, subject.labels),
  );
  if (applying.length === 0) return true;
  return applying
    .flatMap((policy) => rulesOf(policy) ?? [])
    .some(
      (rule) =>
        (!rule.ports || rule.ports.some((each) => each.protocol === 'TCP' && each.port === port)) &&
        (!rule[side] || rule[side].some((peer) => isPeer(peer, other))),
    );
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, place: Place): boolean {
  if (ipBlock) {
    const { cidr, except = [] } = ipBlock;
    return (
      'address' in place &&
      within(place.address, cidr) &&
      !except.some((each) => within(place.address, each))
    );
  }
  if (!('labels' in place)) return false;
  const namespaceFits = namespaceSelector
    ? selects(namespaceSelector, place.namespace)
    : place.namespace === home;
  return namespaceFits && (!podSelector || selects(podSelector, place.labels));
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new Error(`This evaluation does not know ${operator}.`);
      return values.includes(labels[key] ?? '');
    })
  );
}

/** IPv4 only: an IPv6 block holds none of the addresses that the tests ask for. */
function within(address: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  if (base.includes(':')) return false;
  const shift = 32 - Number(bits);
  const prefix = (ip: string) =>
    Math.floor(ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) / 2 ** shift);
  return prefix(address) === prefix(base);
}
