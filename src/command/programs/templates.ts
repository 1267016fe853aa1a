// kubectl's output templates: which language a -o value carries and what it names that policy cares about. The functions
// of a go-template; and in every language what takes a value off its name, without which redaction cannot know it.
import type { EmbeddedProgram } from "../../domain/command.ts";

/** The program inside an --output value, if it carries one. */
export function templateOf(output: string): EmbeddedProgram | undefined {
  const equals = output.indexOf("=");
  if (equals < 0) return undefined;
  const language = output.slice(0, equals);
  const body = output.slice(equals + 1);
  return { language, identifiers: language === "go-template" ? listGoTemplateIdentifiers(body) : listBareValues(body) };
}

/**
 * Fields whose value alone is a credential, or may be one: an env entry's `value`, an argument, a key that names one.
 * `secret` and `serviceAccountToken` are also the names of volumes, which go on with a further field.
 */
const bareField =
  /^(?:value|args|command|(?!automountServiceAccountToken$).*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?))$/i;
const volumeField = /^(?:secret|serviceAccountToken)$/;

/**
 * jsonpath and custom-columns: `.*` and a last `..`, which print values without their keys; an order among texts, which
 * spells a value out by asking; and bare fields. Written as `.name`, ".*", "..", "<".
 */
function listBareValues(template: string): readonly string[] {
  // kubectl drops backslashes from field names.
  const plain = template.replaceAll("\\", "");
  const found = new Set<string>();
  if (/\.\s*\*|\[\s*['"]\s*\*/.test(plain)) found.add(".*");
  if (/\.\.(?!\s*[A-Za-z_[])/.test(plain)) found.add("..");
  if (/[<>]=?\s*['"]|['"]\s*[<>]/.test(plain)) found.add("<");
  for (const [, dotted, further, quoted] of plain.matchAll(fieldUse)) {
    const name = dotted ?? quoted?.split(".").at(-1) ?? "";
    if (bareField.test(name) && !(further !== undefined && volumeField.test(name))) found.add(`.${name}`);
  }
  return [...found].sort();
}

/** A field behind a dot, with what follows when it is a further one, or in brackets and quotes. */
const fieldUse = /\.([^\s.[\]{}()'",:=<>!&|*?@$]+)(?=(\.[A-Za-z])?)|\[\s*['"]([^'"\]]*)['"]\s*\]/g;

/**
 * One lexical piece of an action: a comment (a quote in it quotes nothing), a string, a field or variable, a word, or the
 * end of the action. What is left open reaches to the end, as Go then rejects the template; no piece is read twice.
 */
const newPiece = (): RegExp =>
  /\/\*[^]*?(?:\*\/|$)|"(?:[^"\\]|\\[^]?)*(?:"|$)|`[^`]*(?:`|$)|'(?:[^'\\]|\\[^]?)*(?:'|$)|([.$][A-Za-z0-9_.]*)(?![\w.]|\s*(?:,|:?=))|[.$][A-Za-z0-9_.]*|([A-Za-z_][A-Za-z0-9_]*)|(\}\})|[^]/g;

/**
 * `.`, `$` and variables on their own, which are values without their names, and bare fields; undefined for the others.
 */
function bareValue(operand: string): string | undefined {
  const [, ...fields] = operand.split(".");
  const last = fields.at(-1) ?? "";
  if (last === "") return operand.startsWith("$") ? "$" : ".";
  const bare = fields.find((name, at) => bareField.test(name) && !(volumeField.test(name) && at < fields.length - 1));
  return bare === undefined ? undefined : `.${bare}`;
}

/**
 * Bare words inside `{{ … }}` that are not fields, variables, strings or numbers: functions and keywords. Reads from left
 * to right, because `{{` inside a string opens nothing and a quote outside an action is text.
 */
function listGoTemplateIdentifiers(template: string): readonly string[] {
  const found = new Set<string>();
  const piece = newPiece();
  let at = template.indexOf("{{");
  while (at >= 0) {
    piece.lastIndex = at + 2;
    let end = template.length;
    for (let match = piece.exec(template); match !== null; match = piece.exec(template)) {
      const name = match[1] === undefined ? match[2] : bareValue(match[1]);
      if (name !== undefined) found.add(name);
      if (match[3] === undefined) continue;
      end = piece.lastIndex;
      break;
    }
    at = end >= template.length ? -1 : template.indexOf("{{", end);
  }
  return [...found].sort();
}
