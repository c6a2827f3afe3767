/** Something another module has to prove before a piece of code counts as free of effects. */
export type Need =
  /** The name is a function that writes only its locals when it is called. */
  | { readonly kind: 'call'; readonly name: string; readonly member?: string }
  /** Its result is data besides. */
  | { readonly kind: 'call-data'; readonly name: string }
  | { readonly kind: 'construct'; readonly name: string }
  /** The name is bound to data: no accessor, no function inside. */
  | { readonly kind: 'data'; readonly name: string }
  /** Reading the member runs no accessor. */
  | { readonly kind: 'member'; readonly name: string; readonly member: string }
  /** The name is an environment of `skein`. */
  | { readonly kind: 'environment'; readonly name: string };

/** `never`: it certainly may not be assumed; otherwise it holds if all needs hold. */
export type Verdict = 'never' | readonly Need[];
