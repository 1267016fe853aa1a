// Which addresses curl may be led to, and that what was looked at is what is dialled.
import { array, assert, asyncProperty, constantFrom, integer, oneof, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { askTheSystem, decideAddress, isClosed } from "../../src/broker/curl/addresses.ts";

const closed = [
  "127.0.0.1",
  "127.8.9.10",
  "0.0.0.0",
  "169.254.169.254",
  "169.254.0.1",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:a9fe:a9fe",
  "::127.0.0.1",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  "fd00:ec2::254",
  "fd20:ce::254",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::a9fe:a9fe",
  "2002:7f00:1::",
  "2001:0:1::",
  "::ffff:0:7f00:1",
  "192.88.99.1",
  "fd00:a9fe:a9fe::1",
  "fd00:42::42",
  "fe80::1%lo",
  "fe80::a9fe:a9fe%25eth0",
  "not an address",
  "",
];
const open = [
  "10.96.0.10",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "93.184.216.34",
  "2606:2800:220:1::1",
  "fd12:3456::1",
];

describe("addresses", () => {
  it("of this machine, its link and clouds' metadata are closed, in any clothes; those of clusters and of the world are not", () => {
    expect(closed.filter((address) => !isClosed(address))).toEqual([]);
    expect(open.filter(isClosed)).toEqual([]);
  });

  it("that lie in 127/8 are closed as IPv6 too", () => {
    const byte = integer({ min: 0, max: 255 });
    assert(
      property(byte, byte, byte, (a, b, c) => {
        expect([`127.${a}.${b}.${c}`, `::ffff:127.${a}.${b}.${c}`].filter((one) => !isClosed(one))).toEqual([]);
      }),
    );
  });
});

describe("an address of this machine, its link or a cloud's metadata", () => {
  const byte = integer({ min: 0, max: 255 });
  const inside = oneof(
    tuple(byte, byte, byte).map(([a, b, c]) => [127, a, b, c]),
    tuple(byte, byte).map(([a, b]) => [169, 254, a, b]),
    tuple(byte, byte, byte).map(([a, b, c]) => [0, a, b, c]),
    constantFrom([100, 100, 100, 200], [168, 63, 129, 16], [192, 0, 0, 192]),
  );
  const pair = (high = 0, low = 0): string => ((high << 8) | low).toString(16);
  const [octal, hex] = [(one: number) => `0${one.toString(8)}`, (one: number) => `0x${one.toString(16)}`];

  it("is closed in every IPv6 address that carries it", () => {
    assert(
      property(inside, (bytes) => {
        const tail = `${pair(bytes[0], bytes[1])}:${pair(bytes[2], bytes[3])}`;
        const clothes = [`::ffff:${tail}`, `::${tail}`, `64:ff9b::${tail}`, `64:ff9b:1::${tail}`, `::ffff:0:${tail}`];
        const all = [...clothes, `::ffff:${bytes.join(".")}`, `2002:${tail}::`, `2002:${tail}::1`];
        expect(all.filter((one) => !isClosed(one))).toEqual([]);
      }),
    );
  });

  it("is closed in every spelling that the system itself reads, though the grammar takes none of them", async () => {
    await assert(
      asyncProperty(inside, async (bytes) => {
        const [a = 0, b = 0, c = 0, d = 0] = bytes;
        const number = a * 2 ** 24 + b * 2 ** 16 + c * 256 + d;
        const spellings = [
          bytes.join("."),
          bytes.map(octal).join("."),
          bytes.map(hex).join("."),
          String(number),
          octal(number),
          hex(number),
          `${a}.${b * 2 ** 16 + c * 256 + d}`,
          `${a}.${hex(b)}.${c * 256 + d}`,
        ];
        const decided = await Promise.all(spellings.map((one) => decideAddress(one, false, askTheSystem)));
        expect(decided.map(({ ok }) => ok)).toEqual(spellings.map(() => false));
      }),
      { numRuns: 30 },
    );
  });

  it("is closed at the end of any chain of names, however many good addresses come before it", async () => {
    const found = (one: string) => ({ address: one, family: one.includes(":") ? 6 : 4 });
    await assert(
      asyncProperty(inside, array(constantFrom(...open)), async (bytes, before) => {
        const answers = [...before, bytes.join(".")].map(found);
        expect(await decideAddress("a.example", false, () => Promise.resolve(answers))).toMatchObject({ ok: false });
      }),
    );
  });
});

describe("a name", () => {
  const known =
    (...addresses: readonly string[]) =>
    () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));

  it("is asked for once; the first answer holds", async () => {
    let asked = 0;
    const decided = await decideAddress("metrics.example", false, () => {
      asked += 1;
      return known(asked === 1 ? "10.0.0.1" : "127.0.0.1")();
    });
    if (!decided.ok) throw new Error(decided.message);
    const dialled = [1, 2].map(() => {
      const found: unknown[] = [];
      decided.lookup("metrics.example", { all: true }, (_error, addresses) => found.push(addresses));
      decided.lookup("metrics.example", {}, (_error, address, family) => found.push([address, family]));
      return found;
    });
    const one = [[{ address: "10.0.0.1", family: 4 }], ["10.0.0.1", 4]];
    expect({ dialled, asked }).toEqual({ dialled: [one, one], asked: 1 });
  });

  it("is closed by one closed address among several, and by none at all", async () => {
    expect(await decideAddress("a.example", false, known("10.0.0.1", "169.254.169.254"))).toMatchObject({ ok: false });
    expect(await decideAddress("a.example", false, known())).toMatchObject({ ok: false });
    expect(await decideAddress("a.example", false, () => Promise.reject(new Error("no such name")))).toMatchObject({
      ok: false,
    });
    expect(await decideAddress("127.0.0.1", true, known("127.0.0.1"))).toMatchObject({ ok: true });
  });
});
