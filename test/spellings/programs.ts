// A jq, yq, sed or gawk program with something around it that changes nothing: blanks, comments, brackets, an empty command.
import { overParts, type Transformation } from "./transformation.ts";

/** What begins with a slash is a file to jq and yq, and brackets around it would make it none. */
const query = (text: string) =>
  text.startsWith("/")
    ? []
    : [
        ` ${text}`,
        `\n${text}`,
        `(${text})`,
        `.|${text}`,
        `${text}|.`,
        `${text} #`,
        `#\n${text}`,
        `[${text}]`,
        `${text},${text}`,
      ];
const around: Readonly<Record<string, (text: string) => readonly string[]>> = {
  jq: (text) => [
    ...query(text),
    `"\\(${text})"`,
    `{a:(${text})}`,
    `def f: ${text}; f`,
    `if true then ${text} else . end`,
  ],
  yq: query,
  sed: (text) => [
    ` ${text}`,
    `;${text}`,
    `\n${text}`,
    `p;${text}`,
    `{${text}\n}`,
    `1!{${text}\n}`,
    `#\n${text}`,
    `${text}\np`,
  ],
  gawk: (text) => [
    ` ${text}`,
    `;${text}`,
    `\n${text}`,
    `#\n${text}`,
    `${text}\n`,
    `{}${text}`,
    `${text};{print}`,
    `@/x/{} ${text}`,
  ],
};

const surrounded: Transformation = {
  name: "a program with something around it",
  atLeast: 1000,
  of: overParts(({ grammar, parts }) => {
    const ways = around[grammar?.spec.name ?? ""];
    if (ways === undefined) return [];
    return parts.flatMap((part, at) => {
      const isProgram = part.kind === "flag" ? isExpression(part.spelled) : part.kind !== "verb";
      const value = part.kind === "flag" ? part.values[0] : part.text;
      if (!isProgram || value === undefined || value === "--") return [];
      return ways(value).map((text) => ({
        to: parts.with(at, part.kind === "flag" ? { ...part, values: [text] } : { ...part, text }),
        same: false,
      }));
    });
  }),
};

const isExpression = (spelled: string): boolean => ["-e", "--expression", "--source"].includes(spelled);

export const programs: readonly Transformation[] = [surrounded];
