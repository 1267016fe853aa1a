// One step with real processes: arguments, environment, standard input, what passes from stage to stage, how it ended.
import { describe, expect, it } from "vitest";
import { samples, secretObject } from "../redaction/samples.ts";
import { testExecution, toRequest, toStep } from "./setup.ts";

const printing = (out: string, err = "", code = 0): readonly string[] => [
  JSON.stringify(out),
  JSON.stringify(err),
  String(code),
];

describe("a child", () => {
  it("gets exactly the arguments of the model, whatever they hold", async () => {
    const parameters = ["a b", "$(id)", "`id`", "*", "; rm x", "", "--", "\"'\\", "line\nbreak", "ü €"];
    const { stdout } = await testExecution().run(toRequest(toStep([{ program: "echo-argv", parameters }])));
    expect(JSON.parse(stdout)).toEqual(parameters);
  });

  it("gets an environment built from nothing, and an empty working folder", async () => {
    process.env["AISRE_TEST_LEAK"] = "leak";
    const { stdout } = await testExecution().run(toRequest(toStep([{ program: "echo-env" }])));
    delete process.env["AISRE_TEST_LEAK"];
    expect(stdout).not.toContain("leak");
    expect(JSON.parse(stdout)).toEqual({
      env: {
        HOME: expect.stringMatching(/\/home$/),
        LANG: "C.UTF-8",
        LC_ALL: "C.UTF-8",
        NO_COLOR: "1",
        PAGER: "cat",
        PATH: "/nonexistent",
        TERM: "dumb",
        TZ: "UTC",
      },
      cwd: expect.stringMatching(/\/work$/),
    });
  });

  it("is a failed stage and no crash when its arguments cannot be passed", async () => {
    const execution = testExecution();
    const outcomes = [];
    for (const parameter of ["a\0b", "x".repeat(200_000)]) {
      outcomes.push(await execution.run(toRequest(toStep([{ program: "echo-argv", parameters: [parameter] }]))));
    }
    expect(outcomes.map(({ stderr }) => stderr)).toEqual([
      "node: the process could not be started (ERR_INVALID_ARG_VALUE)\n",
      "node: the process could not be started (E2BIG)\n",
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ ended: "exited", stages: [{ answered: false }] });
      expect(outcome.stages[0]).not.toHaveProperty("exitCode");
    }
  });

  it("prints text, whatever bytes it prints", async () => {
    const hex = Buffer.concat([
      Buffer.from(
        "ok \u001b[31mred\u001b[0m \u001b]0;title\u0007\u0000\r\n\tbell\u0007 \u202eevil\u2066 zero\u200bwidth e\u0301 \u{1f469}\u200d\u{1f4bb} ",
      ),
      Buffer.from([0xff, 0xfe, 0xc3]),
    ]).toString("hex");
    const { stdout } = await testExecution().run(toRequest(toStep([{ program: "raw-bytes", parameters: [hex] }])));
    expect(stdout).toBe("ok red \n\tbell evil zerowidth e\u0301 \u{1f469}\u200d\u{1f4bb} \ufffd\ufffd\ufffd");
  });
});

describe("text that would hide text", () => {
  const printed = async (text: string): Promise<string> => {
    const parameters = [Buffer.from(text).toString("hex")];
    return (await testExecution().run(toRequest(toStep([{ program: "raw-bytes", parameters }])))).stdout;
  };

  it.each([
    ["colours", "a\u001b[1;31mb\u001b[0m \u009b31mc", "ab c"],
    ["links", "\u001b]8;;http://evil.example/\u001b\\a\u001b]8;;\u0007b", "ab"],
    ["device strings", "a\u001bPq#0;1\u001b\\b\u001b_x\u001b\\c\u009dt\u009cd", "abcd"],
    ["character sets", "a\u001b(Bb\u001b#8c\u001b7d\u001bce", "abcde"],
    ["a title that never ends keeps the next line", "a\u001b]0;x\nb\u0007c", "a0;x\nbc"],
    ["directions and marks", "a\u202eb\u2066c\u061cd\u200ee\u200bf\ufeffg", "abcdefg"],
    ["tags and selectors", "a\u{e0041}b\u{e0100}c\u{e0020}", "abc"],
    ["fillers and separators", "a\u3164b\u00adc\u2028d\ufff9e", "abcde"],
    [
      "nothing in emoji and scripts",
      "\u{1f469}\u200d\u{1f4bb} \u2764\ufe0f\u200d\u{1f525}",
      "\u{1f469}\u200d\u{1f4bb} \u2764\ufe0f\u200d\u{1f525}",
    ],
  ])("%s", async (_what, text, expected) => {
    expect(await printed(text)).toBe(expected);
  });
});

describe("standard input", () => {
  it("is empty when the command reads none", async () => {
    const { stdout } = await testExecution().run(toRequest(toStep([{ program: "copy" }], "not for it")));
    expect(stdout).toBe("nothing");
  });

  it("is the caller's text, to the byte", async () => {
    const text = "a\tb\nü".repeat(50_000);
    const { stdout } = await testExecution().run(toRequest(toStep([{ program: "copy", stdin: "caller" }], text)));
    expect(stdout === text).toBe(true);
  });

  it("may be closed by a child that does not read it", async () => {
    const step = toStep([{ program: "close-stdin", stdin: "caller" }], "x".repeat(5_000_000));
    const outcome = await testExecution().run(toRequest(step));
    expect(outcome).toMatchObject({ ended: "exited", stages: [{ exitCode: 0, answered: true }], stdout: "done" });
  });

  it("is what the stage before printed, redacted before it is passed on", async () => {
    const step = toStep([
      { program: "print", parameters: printing(JSON.stringify(secretObject("db"), null, 4)) },
      { program: "copy", stdin: "stage" },
      { program: "copy", stdin: "stage" },
    ]);
    const { stdout, redactions } = await testExecution().run(toRequest(step));
    expect(stdout).not.toContain(samples.opaque);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "Secret", data: { password: "[redacted:secret_data]" } });
    expect(redactions).toEqual({ secret_data: 4 });
  });
});

describe("a step", () => {
  it("reports each stage as it ends, with its times", async () => {
    const seen: unknown[] = [];
    const step = toStep([
      { program: "print", parameters: printing("a") },
      { program: "copy", stdin: "stage" },
    ]);
    const startedAtMs = Date.now();
    const outcome = await testExecution().run(
      toRequest(step, { onStageEnd: (index, stage) => seen.push([index, stage]) }),
    );
    expect(seen).toEqual([...outcome.stages.entries()]);
    expect(outcome.stages.map(({ argv }) => argv)).toEqual(step.stages.map(({ argv }) => argv));
    for (const stage of outcome.stages) {
      expect(stage.startedAtMs).toBeGreaterThanOrEqual(startedAtMs - 1);
      expect(stage.durationMs).toBeGreaterThan(0);
    }
    expect(outcome.durationMs).toBeGreaterThanOrEqual(
      outcome.stages.reduce((sum, { durationMs }) => sum + durationMs, 0),
    );
  });

  it("ends at the stage that fails, and says so in its words", async () => {
    const step = toStep([
      { program: "print", parameters: printing("", "warn\nno such thing\n", 3) },
      { program: "copy", stdin: "stage" },
    ]);
    expect(await testExecution().run(toRequest(step))).toMatchObject({
      ended: "exited",
      stages: [{ exitCode: 3, answered: false }],
      stdout: "",
      stderr: "node: warn\nnode: no such thing\n",
    });
  });

  it("does not answer with what was meant for the next stage", async () => {
    const step = toStep([
      { program: "print", parameters: printing("a thousand lines", "half of it failed\n", 1) },
      { program: "copy", stdin: "stage" },
    ]);
    const { stdout, stages } = await testExecution().run(toRequest(step));
    expect({ stdout, exitCodes: stages.map(({ exitCode }) => exitCode) }).toEqual({ stdout: "", exitCodes: [1] });
  });

  it("starts nothing when no time is left", async () => {
    const outcome = await testExecution().run(toRequest(toStep([{ program: "echo-argv" }]), { timeoutMs: 0 }));
    expect(outcome).toMatchObject({ ended: "timed_out", stages: [], stdout: "" });
  });

  it("goes on after an exit code that is an answer", async () => {
    const step = toStep([
      { program: "print", parameters: printing("", "", 1), answers: [0, 1] },
      { program: "copy", stdin: "stage" },
    ]);
    expect(await testExecution().run(toRequest(step))).toMatchObject({
      stages: [
        { exitCode: 1, answered: true },
        { exitCode: 0, answered: true },
      ],
      stdout: "nothing",
    });
  });

  it("redacts what it complains about", async () => {
    const step = toStep([{ program: "print", parameters: printing("", `bad key ${samples.githubClassic}\n`) }]);
    const { stderr, redactions } = await testExecution().run(toRequest(step));
    expect(stderr).toBe("node: bad key [redacted:github_token]\n");
    expect(redactions).toEqual({ github_token: 1 });
  });

  it("redacts before it cuts, so that no cut hides half a credential", async () => {
    const out = `${"x".repeat(90)} ${samples.githubClassic} ${"y".repeat(400)}`;
    const step = toStep([{ program: "print", parameters: printing(out) }]);
    for (let maxOutputBytes = 100; maxOutputBytes < 400; maxOutputBytes += 7) {
      const { stdout, truncated } = await testExecution().run(toRequest(step, { maxOutputBytes }));
      expect(stdout).not.toContain("ghp_");
      expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(maxOutputBytes);
      expect(truncated).toBe(true);
    }
  });

  it("keeps for the next stage what the answer could not hold, and of the last stage little more than that", async () => {
    const step = toStep(
      [
        { program: "copy", stdin: "caller" },
        { program: "copy", stdin: "stage" },
      ],
      "a line of text\n".repeat(40_000),
    );
    const { stages, stdout } = await testExecution().run(toRequest(step, { maxOutputBytes: 4096 }));
    expect(stages.map(({ truncated }) => truncated)).toEqual([false, true]);
    expect(stdout).toMatch(/^a line of text\n[^]*bytes cut[^]*a line of text\n$/);
  });

  it("rejects for a binary that nobody asked about before: the gate's fault", async () => {
    const step = toStep([{ program: "print", binary: "mysql" }]);
    await expect(testExecution().run(toRequest(step))).rejects.toThrow("no executable for mysql");
  });

  it("tells apart what is installed and what is not", () => {
    const execution = testExecution();
    expect(execution.availability("node")).toMatchObject({ available: true, path: process.execPath });
    expect(execution.availability("mysql")).toEqual({
      available: false,
      reason: "mysql is not one of the server's binaries",
    });
  });
});

describe("an API that does not answer", () => {
  const unreachable = [
    "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
    "Unable to connect to the server: dial tcp: lookup nowhere.invalid on 127.0.0.11:53: no such host",
    "Unable to connect to the server: net/http: TLS handshake timeout",
    "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    'E0101 10:00:00.000000 1 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: Get \\"http://localhost:1/api\\": dial tcp 127.0.0.1:1: connect: connection refused"',
    'Get "https://127.0.0.1:1/api/v1/pods": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ];
  it.each(unreachable)("is told as a fact: %s", async (line) => {
    const step = toStep([{ program: "print", binary: "kubectl", parameters: printing("", `${line}\n`, 1) }]);
    const { stages } = await testExecution().run(toRequest(step));
    expect(stages).toMatchObject([{ answered: false, unreachable: true }]);
  });

  it.each([
    'Error from server (NotFound): pods "web-1" not found',
    'Error from server: Get "https://10.0.0.1:10250/containerLogs": dial tcp 10.0.0.1:10250: connect: connection refused',
    "error: timed out waiting for the condition",
  ])("is not told when it did answer: %s", async (line) => {
    const step = toStep([{ program: "print", binary: "kubectl", parameters: printing("", `${line}\n`, 1) }]);
    const { stages } = await testExecution().run(toRequest(step));
    expect(stages[0]).not.toHaveProperty("unreachable");
  });

  it.each([
    [
      "helm",
      'Error: kubernetes cluster unreachable: Get "http://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: refused',
    ],
    [
      "flux",
      '✗ failed to get server groups: Get "http://127.0.0.1:1/api": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
  ])("is told of %s as well", async (binary, line) => {
    const step = toStep([{ program: "print", binary, parameters: printing("", `${line}\n`, 1) }]);
    const { stages } = await testExecution().run(toRequest(step));
    expect(stages).toMatchObject([{ answered: false, unreachable: true }]);
  });

  it("is not told when flux's own wait for an object ended", async () => {
    const parameters = printing("", "◎ waiting for reconciliation\n✗ context deadline exceeded\n", 1);
    const { stages } = await testExecution().run(toRequest(toStep([{ program: "print", binary: "flux", parameters }])));
    expect(stages[0]).not.toHaveProperty("unreachable");
  });

  it("is not told of an answer, nor of another binary", async () => {
    const words = printing("", "dial tcp: connection refused\n");
    const steps = [
      toStep([{ program: "print", binary: "kubectl", parameters: words }]),
      toStep([{ program: "print", parameters: [...words.slice(0, 2), "1"] }]),
    ];
    for (const step of steps) {
      const { stages } = await testExecution().run(toRequest(step));
      expect(stages[0]).not.toHaveProperty("unreachable");
    }
  });
});

describe("an exit code that is an answer and a failure alike", () => {
  const canI = async (out: string, err: string) => {
    const stage = { program: "print", binary: "kubectl", answers: [0, 1], parameters: printing(out, err, 1) };
    return (await testExecution().run(toRequest(toStep([stage])))).stages;
  };

  it.each([
    ["no\n", ""],
    ["no\n", "Warning: the server doesn't have a resource type 'x'\n"],
    ["", ""],
  ])("is an answer: %j, %j", async (out, err) => {
    expect(await canI(out, err)).toMatchObject([{ answered: true, exitCode: 1 }]);
  });

  it("is a failure when kubectl says so and prints no answer", async () => {
    expect(await canI("", "error: you must specify two arguments\n")).toMatchObject([{ answered: false }]);
    expect(await canI("", "Error from server (Forbidden): forbidden\n")).toMatchObject([{ answered: false }]);
    expect(await canI("", "Unable to connect to the server: EOF\n")).toMatchObject([
      { answered: false, unreachable: true },
    ]);
  });
});

it.each([
  ["✗ not found\n", false],
  ["► suspending\n✗ not found\n", false],
  ["► ✗ not at the start\n", true],
])("a line of standard error that begins with the failure sign is a failure: %j", async (said, answered) => {
  const stage = { program: "print", parameters: printing("", said), failureSign: "✗ " };
  const next = { program: "copy", stdin: "stage" } as const;
  const { stages } = await testExecution().run(toRequest(toStep([stage, next])));
  expect(stages[0]).toMatchObject({ answered, exitCode: 0 });
  expect(stages).toHaveLength(answered ? 2 : 1);
});

it("helm and flux get theirs: no plugins, no other storage, folders of ours", async () => {
  const environmentOf = async (binary: string) =>
    JSON.parse((await testExecution().run(toRequest(toStep([{ program: "echo-env", binary }])))).stdout).env;
  const helm = await environmentOf("helm");
  expect(helm).toMatchObject({ HELM_NO_PLUGINS: "1", HELM_PLUGINS: "/nonexistent", HELM_DRIVER: "secret" });
  for (const name of ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"])
    expect(helm[name]).toMatch(/\/cache\/helm\//);
  expect(Object.keys(helm).filter((name) => /^HELM_(NAMESPACE|KUBE)/.test(name))).toEqual([]);
  const flux = await environmentOf("flux");
  expect(flux).toMatchObject({ FLUXCD_PLUGINS: "/nonexistent" });
  expect([helm.KUBECONFIG, flux.KUBECONFIG].filter((file) => !file.endsWith("/home/none"))).toEqual([]);
  expect(Object.keys(flux).filter((name) => name.startsWith("FLUX_"))).toEqual([]);
});

it("kubectl gets its pins, and the text programs do not", async () => {
  const { stdout } = await testExecution().run(toRequest(toStep([{ program: "echo-env", binary: "kubectl" }])));
  const { env } = JSON.parse(stdout);
  expect(env).toMatchObject({ KUBECTL_KUBERC: "false", KUBERC: "off", GOGC: "off", GOMEMLIMIT: "64MiB" });
  expect(env.KUBECACHEDIR).toMatch(/\/cache$/);
  expect(env.KUBECONFIG).toMatch(/\/home\/none$/);
});
