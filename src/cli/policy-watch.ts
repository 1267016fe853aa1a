// `--watch` of the policy subcommands: does the work again whenever a source has changed, until it is interrupted.
import { watch } from "node:fs";

/** Editors write a file in several steps: one run for all of them, milliseconds. */
const settleMs = 200;

/** Files that the work itself writes, and those that editors keep beside theirs. */
const ignored = /^build(?:\/|$)|(?:^|\/)\.[^/]*\.sw|~$/;

/** Runs once, and with `watching` again at every change below the folder; never ends then. */
export async function runAndWatch(folder: string, watching: boolean, work: () => Promise<void>): Promise<void> {
  await work();
  if (!watching) return;
  let wanted = false;
  let wake = (): void => {};
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name !== null && ignored.test(name)) return;
    wanted = true;
    wake();
  });
  process.stderr.write(`watching ${folder}; Ctrl-C ends it\n`);
  const stopped = new Promise<"stopped">((resolve) => process.once("SIGINT", () => resolve("stopped")));
  for (;;) {
    const changed = new Promise<"changed">((resolve) => {
      wake = () => resolve("changed");
      if (wanted) resolve("changed");
    });
    if ((await Promise.race([changed, stopped])) === "stopped") break;
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    wanted = false;
    process.stdout.write(`\n${"─".repeat(40)} ${new Date().toLocaleTimeString("en-GB")}\n`);
    await work();
  }
  watcher.close();
}
