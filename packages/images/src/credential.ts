/** Secret: goes to a registry, and nowhere else. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An identity token: exchanged for a token of access where the registry says. */
  | { readonly kind: 'identity'; readonly token: string };
