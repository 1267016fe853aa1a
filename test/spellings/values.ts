// Values in other spellings that mean the same to whoever reads them: numbers as Go and C read them, paths, URLs and hosts, refs.
import type { Part } from "./parts.ts";
import { overParts, type Transformation } from "./transformation.ts";

/** Rewrites whatever follows the flag's name or stands as an operand, where the pattern fits. */
const overValues = (pattern: RegExp, rewrite: (text: string) => readonly string[]) =>
  overParts(({ parts }) =>
    parts.flatMap((part, at) => {
      const values = part.kind === "flag" ? part.values : part.kind === "verb" ? [] : [part.text];
      return values.flatMap((value, index) => {
        if (!pattern.test(value)) return [];
        return [...new Set(rewrite(value))]
          .filter((text) => text !== value)
          .map((text) => ({ to: parts.with(at, withValue(part, index, text)), same: false }));
      });
    }),
  );

const withValue = (part: Part, index: number, text: string): Part =>
  part.kind === "flag" ? { ...part, values: part.values.with(index, text) } : { ...part, text };

const numbers: Transformation = {
  name: "numbers",
  atLeast: 350,
  of: overValues(/^-?[0-9]+$/, (text) => {
    const value = Number(text);
    const sign = value < 0 ? "-" : "";
    const size = Math.abs(value);
    const forms = [`0x${size.toString(16)}`, `0o${size.toString(8)}`, `0b${size.toString(2)}`, `0${size}`, `${size}.0`];
    return [...forms.map((form) => `${sign}${form}`), `+${text}`, ` ${text}`, `${sign}${size}e0`, `${sign}0_${size}`];
  }),
};

const paths: Transformation = {
  name: "paths",
  atLeast: 1400,
  of: overValues(/^@?\/[a-z]/, (text) => {
    const [, at = "", file = ""] = /^(@?)(.*)$/s.exec(text) ?? [];
    const spelled = [`/${file}`, `/.${file}`, `/x/..${file}`, `../../../../../..${file}`, `/proc/self/root${file}`];
    return [...spelled, `~/..${file}`, `${file}/`, `file://${file}`].map((one) => `${at}${one}`);
  }),
};

const urls: Transformation = {
  name: "URLs",
  atLeast: 1300,
  of: overValues(/^[a-z][a-z+]*:\/\//i, (text) => {
    const [, scheme = "", host = "", rest = ""] = /^([^:]+):\/\/([^/?#]*)(.*)$/s.exec(text) ?? [];
    const build = (name: string, more = rest) => `${scheme}://${name}${more}`;
    return [
      `${scheme.toUpperCase()}://${host}${rest}`,
      `${scheme}:${host}${rest}`,
      `${scheme}:/${host}${rest}`,
      `${scheme}:///${host}${rest}`,
      `${scheme}:\\\\${host}${rest}`,
      build(host.toUpperCase()),
      build(`x@${host}`),
      build(`prometheus.monitoring.svc:9090@${host}`),
      build(`prometheus.monitoring.svc:9090\\@${host}`),
      build(`${host}.`),
      build(host.replace(/^[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)),
      build(host, `/.${rest}`),
      build(host, `/x/..${rest}`),
      build(host, `/x/%2e%2e${rest}`),
      build(host, `${rest}#x`),
      ...addressesOf(host).map((address) => build(address)),
    ];
  }),
};

/** 169.254.169.254 as one number, in hex, in octal, short, and as IPv6. */
function addressesOf(host: string): readonly string[] {
  if (!/^[0-9.]+$/.test(host)) return [];
  const bytes = host.replace(/\.$/, "").split(".").map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  return [
    String(whole),
    `0x${whole.toString(16)}`,
    bytes.map((byte) => `0${byte.toString(8)}`).join("."),
    bytes.map((byte) => `0x${byte.toString(16)}`).join("."),
    `${a}.${b}.${c * 256 + d}`,
    `[::ffff:${bytes.join(".")}]`,
    `[::${whole.toString(16)}]`,
  ];
}

/** SOURCE:DESTINATION of a push, and the names of a branch. */
const refs: Transformation = {
  name: "refs",
  atLeast: 120,
  of: overValues(/^[+]?([A-Za-z0-9_/~^.-]*:)?(refs\/heads\/)?(main|y|t)$/, (text) => {
    const [source = "", name] = text.includes(":") ? text.split(":") : ["", text];
    const branch = (name ?? "").replace(/^refs\/heads\//, "");
    const names = [branch, `heads/${branch}`, `refs/heads/${branch}`, `+${branch}`];
    const pairs = (text.includes(":") ? [source, `+${source}`, "@", "HEAD~0"] : ["HEAD", "@"]).flatMap((from) =>
      names.map((to) => `${from}:${to}`),
    );
    return text.includes(":") ? pairs : [...names, ...pairs];
  }),
};

export const values: readonly Transformation[] = [numbers, paths, urls, refs];
