/** A class of typed arrays other than Uint8Array, with its tag of RFC 8746 (little-endian). */
export interface TypedArrayKind {
  readonly name: string;
  readonly tag: number;
  readonly elementBytes: number;
  /** An array over the whole of a buffer. */
  readonly over: (buffer: ArrayBuffer) => ArrayBufferView;
}

type Constructor = new (buffer: ArrayBuffer) => ArrayBufferView;

const classes: Readonly<Record<string, readonly [tag: number, elementBytes: number]>> = {
  Uint8ClampedArray: [68, 1],
  Uint16Array: [69, 2],
  Uint32Array: [70, 4],
  BigUint64Array: [71, 8],
  Int8Array: [72, 1],
  Int16Array: [77, 2],
  Int32Array: [78, 4],
  BigInt64Array: [79, 8],
  Float16Array: [84, 2],
  Float32Array: [85, 4],
  Float64Array: [86, 8],
};

/** All of them. Float16Array is reached by name: the configured library does not know it. */
export const typedArrayKinds: readonly TypedArrayKind[] = Object.entries(classes).map(
  ([name, [tag, elementBytes]]) => {
    const Class = Reflect.get(globalThis, name) as Constructor;
    return { name, tag, elementBytes, over: (buffer) => new Class(buffer) };
  },
);

export const typedArrayKindByTag: ReadonlyMap<number, TypedArrayKind> = new Map(
  typedArrayKinds.map((kind) => [kind.tag, kind]),
);

export const typedArrayKindByName: ReadonlyMap<string, TypedArrayKind> = new Map(
  typedArrayKinds.map((kind) => [kind.name, kind]),
);
