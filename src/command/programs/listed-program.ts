// What the listers of this folder answer: the names a program uses, for policy to judge, or why nobody can tell.

/** Sorted and unique identifiers; `problem` completes the sentence "The sed program …". */
export type ListedProgram =
  | { readonly identifiers: readonly string[] }
  | { readonly problem: string; readonly try?: string };
