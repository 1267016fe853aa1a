// Colours for a person's terminal, and none for a file, a pipe or NO_COLOR. Used by the texts of the desk.
import { styleText } from "node:util";

type Style = (text: string) => string;

export interface Paint {
  readonly bold: Style;
  readonly good: Style;
  readonly bad: Style;
  readonly warn: Style;
  readonly faint: Style;
}

/** `styleText` looks at the stream and at NO_COLOR itself. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const style =
    (format: Parameters<typeof styleText>[0]): Style =>
    (text) =>
      styleText(format, text, { stream });
  return {
    bold: style("bold"),
    good: style("green"),
    bad: style("red"),
    warn: style("yellow"),
    faint: style("dim"),
  };
}

const plainly: Style = (text) => text;
export const plain: Paint = { bold: plainly, good: plainly, bad: plainly, warn: plainly, faint: plainly };
