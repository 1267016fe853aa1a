// What a kubectl output template names: functions of go-templates, and nothing of what is data in them.
import { describe, expect, it } from "vitest";
import { templateOf } from "../../src/command/programs/templates.ts";

describe("identifiers of a go-template", () => {
  const table: readonly (readonly [template: string, identifiers: readonly string[]])[] = [
    ["", []],
    ["env base64decode", []],
    ["{{.data.password}}", [".password"]],
    ["{{.data.colour}}", []],
    ["{{base64decode .data.x}}", ["base64decode"]],
    ["{{- base64decode .data.x -}}", ["base64decode"]],
    ["{{.data.x|base64decode}}", ["base64decode"]],
    ["{{(base64decode .data.x)}}", ["base64decode"]],
    ['{{printf "%s }} base64decode" .x}}', ["printf"]],
    ["{{printf `}}` | base64decode}}", ["base64decode", "printf"]],
    ["{{'}' | js}}", ["js"]],
    ['{{"a\\"b" | js}}', ["js"]],
    ["{{/* ' */}}{{base64decode .x}}{{/* ' */}}", ["base64decode"]],
    ['{{- /* " */ -}}{{base64decode .x}}{{/* " */}}', ["base64decode"]],
    ["{{/* }} */}}{{base64decode .x}}", ["base64decode"]],
    ["'{{base64decode .x}}'", ["base64decode"]],
    ['"{{base64decode .x}}"', ["base64decode"]],
    ["{{range $i, $pod := .items}}{{$pod.metadata.name}}{{end}}", ["end", "range"]],
    ["{{if eq .a 1}}{{else}}{{end}}", ["else", "end", "eq", "if"]],
    ["}}{{js .x", ["js"]],
    ['{{"open base64decode', []],
    ['{{index .metadata.annotations "a/b"}}', ["index"]],
  ];
  it.each(table)("%j", (template, identifiers) => {
    expect(templateOf(`go-template=${template}`)).toEqual({ language: "go-template", identifiers });
  });
});

describe("an output value", () => {
  it("without a program has none", () => {
    expect(templateOf("json")).toBeUndefined();
    expect(templateOf("")).toBeUndefined();
  });

  it("of another language names nothing, whatever is in it", () => {
    expect(templateOf("jsonpath={{base64decode .x}}")).toEqual({ language: "jsonpath", identifiers: [] });
    expect(templateOf("custom-columns=A:.a=b")).toEqual({ language: "custom-columns", identifiers: [] });
  });
});
