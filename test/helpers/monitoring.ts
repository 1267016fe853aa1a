// Debian's Prometheus and Alertmanager on loopback, with folders of their own. `make tools` unpacks them; without them
// the tests that need them count as skipped.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./free-port.ts";

const folders = [
  path.resolve(import.meta.dirname, "../../.tools/bin"),
  ...(process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder)),
];
const find = (name: string): string | undefined =>
  folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));

const prometheus = find("prometheus");
const alertmanager = find("prometheus-alertmanager");
export const hasMonitoring = prometheus !== undefined && alertmanager !== undefined;

/** Files of their own instead of a Prometheus that watches itself and an Alertmanager that tells nobody. */
export interface MonitoringFiles {
  /** Of prometheus.yml, from the port that Alertmanager has. */
  readonly prometheus: (alertmanagerPort: number) => string;
  readonly alertmanager: string;
  /** Name → text of what those two name. */
  readonly others: Readonly<Record<string, string>>;
}

export interface Monitoring {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  stop(): Promise<void>;
}

/** Starts both and waits until they are ready; without files Prometheus watches itself, below the path /prom. */
export async function startMonitoring(files?: MonitoringFiles): Promise<Monitoring> {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-monitoring-"));
  const [first, second] = [await freePort(), await freePort()];
  const prometheusUrl = `http://127.0.0.1:${first}/prom`;
  const alertmanagerUrl = `http://127.0.0.1:${second}`;
  const scrape = `{ job_name: self, metrics_path: /prom/metrics, static_configs: [{ targets: ["127.0.0.1:${first}"] }] }`;
  const alone = `global: { scrape_interval: 1s }\nscrape_configs: [${scrape}]\n`;
  const written: Readonly<Record<string, string>> = {
    "prometheus.yml": files?.prometheus(second) ?? alone,
    "alertmanager.yml": files?.alertmanager ?? "route: { receiver: none }\nreceivers: [{ name: none }]\n",
    ...files?.others,
  };
  for (const [name, text] of Object.entries(written)) writeFileSync(path.join(folder, name), text);
  const children = [
    run(prometheus, folder, [
      "--config.file=prometheus.yml",
      "--storage.tsdb.path=data",
      // Alertmanager is found a moment later: what fired before is told again soon.
      "--rules.alert.resend-delay=1s",
      `--web.listen-address=127.0.0.1:${first}`,
      `--web.external-url=${prometheusUrl}`,
    ]),
    run(relocated(alertmanager ?? "", folder), folder, [
      "--config.file=alertmanager.yml",
      "--storage.path=alerts",
      `--web.listen-address=127.0.0.1:${second}`,
      "--cluster.listen-address=",
    ]),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(() => answers(`${prometheusUrl}/api/v1/query?query=up`, '"1"'), "Prometheus has scraped");
    await until(() => answers(`${alertmanagerUrl}/-/ready`, "OK"), "Alertmanager is ready");
  } catch (error) {
    await stop();
    throw error;
  }
  return { prometheusUrl, alertmanagerUrl, stop };
}

const debianShare = "/usr/share/prometheus/alertmanager";

/**
 * Debian's Alertmanager reads its templates from an absolute path, which only an installed package has. A copy that looks in
 * its working folder instead (a path of the same length) starts without being installed; our route sends nothing.
 */
function relocated(file: string, folder: string): string {
  if (existsSync(debianShare)) return file;
  for (const name of ["default.tmpl", "email.tmpl"]) writeFileSync(path.join(folder, name), "");
  const bytes = readFileSync(file);
  const here = Buffer.from("./".repeat(debianShare.length / 2));
  for (let at = bytes.indexOf(debianShare); at >= 0; at = bytes.indexOf(debianShare, at)) here.copy(bytes, at);
  const copy = path.join(folder, "alertmanager");
  writeFileSync(copy, bytes, { mode: 0o755 });
  return copy;
}

const run = (file: string | undefined, cwd: string, parameters: readonly string[]): ChildProcess =>
  spawn(file ?? "", parameters, { cwd, stdio: "ignore", env: {} });

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("close", () => resolve());
    child.kill("SIGKILL");
  });
}

async function answers(url: string, text: string): Promise<boolean> {
  try {
    return (await (await fetch(url)).text()).includes(text);
  } catch {
    return false;
  }
}

/** Polls for at most thirty seconds, unless it may take longer. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, patienceMs = 30_000): Promise<void> {
  for (let turn = 0; turn < patienceMs / 200; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
  throw new Error(`never came true: ${what}`);
}
