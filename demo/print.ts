// What the demo prints. Lines are made by pure functions; colour and a progress line only where the writer is a terminal.
import { styleText } from "node:util";
import type { Result } from "./expectation.ts";

export interface Screen {
  /** True: colour and a progress line may be used. */
  readonly isTerminal: boolean;
  /** Characters in a line. */
  readonly width: number;
  write(text: string): void;
}

export type Style = "bold" | "dim" | "green" | "red" | "yellow";

export interface Printer {
  line(text?: string, style?: Style): void;
  /** Shows what is being waited for, on a terminal only, until something else is printed. */
  progress(text: string): void;
  lines(lines: readonly Styled[]): void;
}

export interface Styled {
  readonly text: string;
  readonly style?: Style;
  /** True: cut at the screen's width. What was asked and what ran is shown whole. */
  readonly isCut?: true;
}

/** Lines shown of one output. */
const shownLines = 6;
const clearLine = "\r\u001b[2K";

export function createPrinter(screen: Screen): Printer {
  let isWaiting = false;
  const paint = (text: string, style?: Style): string =>
    style === undefined || !screen.isTerminal ? text : styleText(style, text, { validateStream: false });
  const line = (text = "", style?: Style): void => {
    screen.write(`${isWaiting ? clearLine : ""}${paint(text, style)}\n`);
    isWaiting = false;
  };
  return {
    line,
    lines: (lines) => {
      for (const { text, style, isCut } of lines) line(isCut === true ? cut(text, screen.width) : text, style);
    },
    progress: (text) => {
      if (!screen.isTerminal) return;
      screen.write(`${clearLine}${paint(`${text}…`, "dim")}`);
      isWaiting = true;
    },
  };
}

export interface Call {
  readonly number: number;
  readonly why: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** `2  kubectl_get resource=pods`, and why. */
export function callLines({ number, why, tool, arguments: args }: Call): readonly Styled[] {
  const pairs = Object.entries(args).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return [
    { text: "" },
    { text: `${number}  ${why}`, style: "bold" },
    { text: `   call    ${[tool, ...pairs].join(" ")}` },
  ];
}

/** Rendered argv, decision, time, and the lines of the output that `show` takes. */
export function resultLines(result: Result, show: RegExp): readonly Styled[] {
  const { effect, rules } = result.decision;
  const ran = result.steps.map(({ stages }) => stages.map(({ argv }) => argv.map(quoted).join(" ")).join(" | "));
  const wasStarted = result.steps.some(({ stages }) => stages.some((stage) => stage.exit_code !== undefined));
  const time = `${Math.round(result.duration_ms ?? 0)} ms`;
  return [
    ...ran.map((text) => ({ text: `   ${wasStarted ? "ran     " : "refused "}${text}` })),
    {
      text: `   ${effect.padEnd(8)}${rules.join(", ")} (${result.outcome}, ${time}${wasStarted || ran.length === 0 ? "" : ", nothing ran"})`,
      style: effect === "allow" ? "green" : "red",
    },
    ...(result.reasons ?? []).flatMap(({ message, token, try: hint }): Styled[] => [
      { text: `   why     ${message}${token === undefined ? "" : ` (${quoted(token)})`}`, style: "yellow" },
      ...(hint === undefined ? [] : [{ text: `   try     ${hint}`, style: "yellow" as const }]),
    ]),
    ...outputLines(`${result.stdout ?? ""}${result.outcome === "succeeded" ? "" : (result.stderr ?? "")}`, show),
  ];
}

function outputLines(output: string, show: RegExp): readonly Styled[] {
  const lines = output.split("\n").filter((line) => line !== "" && show.test(line));
  const more = lines.length > shownLines ? [{ text: `   | … ${lines.length - shownLines} more lines` }] : [];
  return [...lines.slice(0, shownLines).map((line) => ({ text: `   | ${line}` })), ...more].map(({ text }) => ({
    text,
    style: "dim",
    isCut: true,
  }));
}

/** As a person would type it: quoted when it holds more than plain characters. */
const quoted = (text: string): string => (/^[\w@%+=:,./{}-]+$/.test(text) ? text : JSON.stringify(text));

const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1).toWellFormed()}…` : text;
