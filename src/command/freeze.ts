// Frozen all the way down, and without a prototype where keys come from callers: the object that is judged is the one
// that is recorded and run, and no `__proto__` can stand between them.

/** Freezes a tree of plain objects and arrays in place and returns it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** The same entries in an object without a prototype. */
export function nullPrototype<Value extends object>(entries: Value): Value {
  return Object.assign(Object.create(null), entries);
}
