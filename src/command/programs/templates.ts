// kubectl's output templates: which language a -o value carries and what it names. jsonpath and custom-columns have no
// functions; go-template has, and they are listed for policy's allow-list.
import type { EmbeddedProgram } from "../../domain/command.ts";

/** The program inside an --output value, if it carries one. */
export function templateOf(output: string): EmbeddedProgram | undefined {
  const equals = output.indexOf("=");
  if (equals < 0) return undefined;
  const language = output.slice(0, equals);
  const body = output.slice(equals + 1);
  return { language, identifiers: language === "go-template" ? listGoTemplateIdentifiers(body) : [] };
}

/**
 * One lexical piece of an action: a comment (a quote in it quotes nothing), a string, a field or variable, a word, or the
 * end of the action. What is left open reaches to the end, as Go then rejects the template; no piece is read twice.
 */
const newPiece = (): RegExp =>
  /\/\*[^]*?(?:\*\/|$)|"(?:[^"\\]|\\[^]?)*(?:"|$)|`[^`]*(?:`|$)|'(?:[^'\\]|\\[^]?)*(?:'|$)|[.$][A-Za-z0-9_.]*|([A-Za-z_][A-Za-z0-9_]*)|(\}\})|[^]/g;

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
      if (match[1] !== undefined) found.add(match[1]);
      if (match[2] === undefined) continue;
      end = piece.lastIndex;
      break;
    }
    at = end >= template.length ? -1 : template.indexOf("{{", end);
  }
  return [...found].sort();
}
