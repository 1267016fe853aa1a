// The values of a manifest, as JSON has them. Maps have no prototype: their keys come from callers.

export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

export interface JsonMap {
  readonly [key: string]: Json;
}

export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** Why a manifest is refused: follows "The manifest …"; names the place, and what to do instead. */
export interface ManifestProblem {
  readonly problem: string;
  readonly token?: string;
  readonly try?: string;
}

/** Thrown inside this folder only, where a problem lies deep in a tree; read-manifest.ts turns it into a value. */
export class ManifestError extends Error {
  readonly token: string | undefined;
  readonly hint: string | undefined;

  constructor(problem: string, token?: string, hint?: string) {
    super(problem);
    this.token = token;
    this.hint = hint;
  }
}
