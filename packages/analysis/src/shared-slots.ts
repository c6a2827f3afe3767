import type { Slot } from './conduct.ts';
import { CLOSURE_SLOT, isInner } from './conduct.ts';
import type { Meaning, NameResolver } from './resolve-names.ts';

/** Arguments that arrive here are out of sight. */
export const PACKAGE_SLOT = '$package';

/** What anybody may hand to anybody. */
export const ANY_SLOT = '*';

/** `name`, `name.member`, and behind it a parameter, a result, the instances. */
const FORM = /^([^.(%)]+)(?:\.([^(%)]+))?(\(\d+|\)|%)?$/;

/** A slot of one piece under the name that all pieces have for it; `null`: nothing is shared. */
export class SharedSlots {
  readonly #names: NameResolver;

  constructor(names: NameResolver) {
    this.#names = names;
  }

  /** `piece`: a name for the piece that the slot is of. */
  of(module: string, piece: number, slot: Slot): Slot | null {
    if (isInner(slot) || slot === CLOSURE_SLOT || slot.startsWith('super('))
      return `${piece} ${slot}`;
    if (slot === ANY_SLOT || slot.startsWith('^') || slot.startsWith('.')) return slot;
    if (slot.startsWith('@')) return this.#requested(module, slot.slice(1));
    const [, base = '', member, suffix = ''] = FORM.exec(slot) ?? [];
    const meaning = this.#names.local(module, base);
    if (meaning === null) return null;
    if (member === undefined) return this.#named(meaning, suffix);
    if (meaning.kind === 'namespace') {
      const found = this.#names.exported(meaning.module, member);
      return found === null ? null : this.#named(found, suffix);
    }
    return this.#member(meaning, member, suffix);
  }

  #requested(module: string, specifier: string): Slot | null {
    if (specifier === '*') return ANY_SLOT;
    const target = this.#names.target(module, specifier);
    return target.kind === 'module' ? `@${target.path}` : null;
  }

  /** What a method is called on. */
  #member(meaning: Meaning, member: string, suffix: string): Slot | null {
    if (meaning.kind !== 'item') return this.#outside(meaning, suffix);
    const { value } = this.#names.value(meaning.module, meaning.name);
    if (value.kind !== 'task') return `.${member}${suffix}`;
    return member === 'forward' ? `${this.itemSlot(meaning)}.forward${suffix}` : null;
  }

  #named(meaning: Meaning, suffix: string): Slot | null {
    if (meaning.kind === 'namespace') return suffix === '' ? `@${meaning.module}` : null;
    if (meaning.kind !== 'item') return this.#outside(meaning, suffix);
    if (suffix === '') return this.itemSlot(meaning);
    const { value } = this.#names.value(meaning.module, meaning.name);
    switch (value.kind) {
      case 'function':
      case 'class':
      case 'checkpoint':
        return this.itemSlot(meaning) + suffix;
      case 'task':
      case 'environment':
        return null;
      case 'alias': {
        const other = this.#names.local(meaning.module, value.name);
        return other === null ? ANY_SLOT : this.#named(other, suffix);
      }
      default:
        return suffix === '%' ? null : ANY_SLOT;
    }
  }

  #outside(meaning: Meaning, suffix: string): Slot | null {
    switch (meaning.kind) {
      case 'data':
        return suffix === '' ? `data ${meaning.path}` : null;
      case 'package':
      case 'one-of':
      case 'whole':
        if (suffix.startsWith('(')) return PACKAGE_SLOT;
        return suffix === '' ? foreignSlot(meaning) : null;
      case 'built-in':
        return suffix === '' ? foreignSlot(meaning) : null;
      default:
        return null;
    }
  }

  /** A name of a module, by the first name of its declaration. */
  itemSlot({ module, name }: { readonly module: string; readonly name: string }): Slot {
    const declared = this.#names.items(module, name).find((it) => it.names.includes(name));
    return `${module}#${declared?.names[0] ?? name}`;
  }
}

/** Something of a package or of Node. */
function foreignSlot(meaning: Meaning): Slot {
  if (meaning.kind === 'whole') return `!${meaning.module}#${meaning.imported}`;
  return 'specifier' in meaning ? `!${meaning.specifier}#${meaning.imported}` : '!';
}

export function isForeign(slot: Slot): boolean {
  return slot.startsWith('!') || slot.startsWith('^');
}
