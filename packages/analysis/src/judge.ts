import type { Meaning, NameResolver } from './resolve-names.ts';
import { isPureImport, isPureImportedClass } from './resolve-names.ts';
import type { Need, Verdict } from './need.ts';

/** A verdict with the module whose names it speaks of. */
interface Claim {
  readonly module: string;
  readonly verdict: Verdict;
}

/**
 * Decides across modules whether needs hold. A claim holds if nothing that it leads to fails:
 * functions that call one another in a circle add no effect by that.
 */
export class Judge {
  readonly #names: NameResolver;
  readonly #known = new Map<string, boolean>();

  constructor(names: NameResolver) {
    this.#names = names;
  }

  holds(module: string, verdict: Verdict): boolean {
    if (verdict === 'never') return false;
    const visited = new Set<string>();
    const holds = this.#walk({ module, verdict }, visited);
    // Everything visited on the way holds too, but only if all of it did.
    if (holds) for (const key of visited) this.#known.set(key, true);
    return holds;
  }

  #walk({ module, verdict }: Claim, visited: Set<string>): boolean {
    if (verdict === 'never') return false;
    for (const need of verdict) {
      const member = 'member' in need ? (need.member ?? '') : '';
      const key = `${module}\n${need.kind} ${need.name} ${member}`;
      if (visited.has(key)) continue;
      const known = this.#known.get(key);
      if (known === false) return false;
      if (known === true) continue;
      visited.add(key);
      if (!this.#holdsNeed(module, need, visited)) {
        this.#known.set(key, false);
        return false;
      }
    }
    return true;
  }

  #holdsNeed(module: string, need: Need, visited: Set<string>): boolean {
    const meaning = this.#names.local(module, need.name);
    if (meaning === null) return false;
    const claims = this.#claims(meaning, need);
    return claims !== null && claims.every((it) => this.#walk(it, visited));
  }

  /** What has to hold for a need, or `null` where it cannot. */
  #claims(meaning: Meaning, need: Need): readonly Claim[] | null {
    switch (need.kind) {
      case 'call':
      case 'call-data':
        return this.#callClaims(meaning, need);
      case 'construct':
        if (isPureImportedClass(meaning)) return [];
        return this.#valueClaims(meaning, need);
      case 'environment':
        return this.isEnvironment(meaning) ? [] : null;
      case 'member':
        return this.#memberClaims(meaning, need.member);
      case 'data':
        if (meaning.kind === 'data') return [];
        return this.#valueClaims(meaning, need);
    }
  }

  #callClaims(meaning: Meaning, need: Need & { kind: 'call' | 'call-data' }): Claim[] | null {
    const member = need.kind === 'call' ? need.member : undefined;
    if (isPureImport(meaning, member)) return [];
    if (member !== undefined) {
      if (meaning.kind !== 'namespace') return null;
      const found = this.#names.exported(meaning.module, member);
      return found === null ? null : this.#valueClaims(found, { kind: 'call', name: member });
    }
    return this.#valueClaims(meaning, need);
  }

  /** Claims of a declared value, for needs that look at it. */
  #valueClaims(meaning: Meaning, need: Need): Claim[] | null {
    if (meaning.kind !== 'item') return null;
    const { module, name } = meaning;
    const { value, added } = this.#names.value(module, name);
    if (value.kind === 'alias') {
      return added ? null : [{ module, verdict: [{ ...need, name: value.name }] }];
    }
    if (value.kind === 'function' && (need.kind === 'call' || need.kind === 'call-data')) {
      const claims: Claim[] = [{ module, verdict: value.call }];
      if (need.kind === 'call-data') claims.push({ module, verdict: value.returns });
      return claims;
    }
    if (value.kind === 'class' && need.kind === 'construct') {
      return [{ module, verdict: value.construct }];
    }
    if ((value.kind === 'data' || value.kind === 'result') && need.kind === 'data' && !added) {
      return [{ module, verdict: value.verdict }];
    }
    return null;
  }

  #memberClaims(meaning: Meaning, member: string): readonly Claim[] | null {
    if (meaning.kind !== 'item') return [];
    const { module, name } = meaning;
    const { value, added } = this.#names.value(module, name);
    switch (value.kind) {
      case 'function':
      case 'environment':
      case 'task':
      case 'checkpoint':
        return [];
      case 'class':
        return value.plain ? [] : null;
      case 'object':
        return value.members.includes(member) ? [] : null;
      case 'data':
      case 'result':
        return added ? null : [{ module, verdict: value.verdict }];
      case 'alias': {
        const verdict: Verdict = [{ kind: 'member', name: value.name, member }];
        return added ? null : [{ module, verdict }];
      }
      default:
        return null;
    }
  }

  /** Whether a name certainly is an environment made by `skein`. */
  isEnvironment(meaning: Meaning | null, seen = new Set<string>()): boolean {
    if (meaning?.kind !== 'item') return false;
    const { module, name } = meaning;
    if (seen.has(`${module}#${name}`)) return false;
    seen.add(`${module}#${name}`);
    const { value } = this.#names.value(module, name);
    if (value.kind === 'environment') return true;
    if (value.kind === 'alias') {
      return this.isEnvironment(this.#names.local(module, value.name), seen);
    }
    if (value.kind !== 'result') return false;
    const callee = this.#names.local(module, value.callee);
    if (callee?.kind !== 'item') return false;
    const made = this.#names.value(callee.module, callee.name).value;
    return made.kind === 'function' && made.environment;
  }

  /** Whether a name is a class whose instances can be thrown across tasks: an error. */
  isErrorClass(module: string, name: string, seen = new Set<string>()): boolean {
    if (seen.has(`${module}#${name}`)) return false;
    seen.add(`${module}#${name}`);
    const { value } = this.#names.value(module, name);
    if (value.kind !== 'class' || value.base === null) return false;
    const base = this.#names.local(module, value.base);
    if (base === null) return isErrorName(value.base);
    if (base.kind === 'item') return this.isErrorClass(base.module, base.name, seen);
    return isErrorName('imported' in base ? base.imported : value.base) || isErrorName(value.base);
  }

  /** Whether a name cannot be an environment, whatever happens when the module is loaded. */
  isOtherThing(meaning: Meaning | null): boolean {
    if (meaning === null) return true;
    if (meaning.kind === 'one-of') return false;
    if (meaning.kind !== 'item') return meaning.kind !== 'package' && meaning.kind !== 'whole';
    const { value } = this.#names.value(meaning.module, meaning.name);
    const { kind } = value;
    if (kind === 'data') return value.verdict !== 'never';
    if (kind === 'result') return this.holds(meaning.module, value.verdict);
    return kind === 'function' || kind === 'class' || kind === 'object' || kind === 'task';
  }
}

function isErrorName(name: string): boolean {
  return /(?:Error|Exception)$/.test(name);
}
