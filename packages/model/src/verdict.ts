/** Why an action was not simply reused; one sentence for people comes from `view`. */
export type Reason =
  | { readonly kind: 'found' }
  | { readonly kind: 'joined' }
  | { readonly kind: 'caching-off' }
  | { readonly kind: 'forced' }
  | { readonly kind: 'never-executed' }
  /** The task was executed before, but never under this key. */
  | { readonly kind: 'key-changed'; readonly changed: readonly string[] }
  | { readonly kind: 'observation-changed'; readonly what: string }
  | { readonly kind: 'child-changed'; readonly task: string }
  | { readonly kind: 'bytes-missing'; readonly digest: string }
  | { readonly kind: 'too-old' }
  | { readonly kind: 'failed-before' };

/** What the rebuilder decided. */
export type Verdict =
  | { readonly kind: 'reuse'; readonly reason: Reason }
  | { readonly kind: 'adopt'; readonly reason: Reason }
  | { readonly kind: 'execute'; readonly reason: Reason };
