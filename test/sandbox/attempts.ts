// Every way out that we know, in the words of the program that tries it, by what it poses as. Data: tried on the execution
// itself (escape.test.ts) and through a whole server (server.test.ts).
import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { escape, type Places } from "./setup.ts";

/** What is there to be harmed or reached; all as words. */
export interface Targets extends Places {
  /** The process that started it. */
  readonly server: string;
  /** A process that is not the command's. */
  readonly victim: string;
  /** A TCP port on loopback that answers. */
  readonly port: string;
  /** A Unix socket, and an abstract one. */
  readonly socket: string;
  readonly abstractName: string;
}

/** What a machine says that lets nobody do it. */
export const forbidden = /^held: .*(?:not permitted|denied|not implemented|not supported)/i;

export type Attempt = readonly [name: string, words: (at: Targets) => readonly string[]];

export const loader = process.arch === "arm64" ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2";

/** A program that nobody granted. */
function copied({ outside }: Places): string {
  const file = path.join(outside, "program");
  copyFileSync(escape, file);
  return file;
}

/** A file that anybody may read. */
export function canary({ outside }: Places): string {
  const file = path.join(outside, "canary");
  writeFileSync(file, "canary", { mode: 0o644 });
  return file;
}

function inside({ granted }: Places): string {
  const file = path.join(granted, "own");
  writeFileSync(file, "own");
  return file;
}

/** `talker`: kubectl, helm, flux and curl. */
export const attempts: Readonly<Record<"text" | "talker" | "git" | "gh", readonly Attempt[]>> = {
  text: [
    ["reads the environment of process 1", () => ["read", "/proc/1/environ"]],
    ["reads the environment of the server", (at) => ["read", `/proc/${at.server}/environ`]],
    ["reads its own environment", () => ["read", "/proc/self/environ"]],
    ["reads the memory map of another process", (at) => ["read", `/proc/${at.victim}/maps`]],
    ["reads /etc/shadow", () => ["read", "/etc/shadow"]],
    ["reads /etc/passwd", () => ["read", "/etc/passwd"]],
    ["reads a service account's token", (at) => ["read", canary(at)]],
    ["reads a kubeconfig that is not its own", (at) => ["read", canary(at)]],
    ["lists the root folder", () => ["list", "/"]],
    ["lists /proc", () => ["list", "/proc"]],
    ["writes into a folder", (at) => ["write", path.join(at.outside, "marker")]],
    ["writes into its working folder", (at) => ["write", path.join(at.granted, "marker")]],
    ["writes into /tmp", (at) => ["write", path.join("/tmp", `aisre-${path.basename(path.dirname(at.granted))}`)]],
    ["writes into /dev/shm", (at) => ["write", path.join("/dev/shm", path.basename(path.dirname(at.granted)))]],
    ["changes the mode of a file", (at) => ["chmod", canary(at)]],
    ["writes through a link", (at) => ["symlink", path.join(at.outside, "marker"), path.join(at.granted, "link")]],
    ["moves a file", (at) => ["rename", canary(at), path.join(at.granted, "marker")]],
    ["starts another program", (at) => ["execute", copied(at)]],
    ["writes a program and starts it", (at) => ["drop", at.granted]],
    ["starts a program that stands in memory", () => ["memory-file"]],
    ["has the loader start a program", () => ["loader", loader, "/bin/echo"]],
    ["connects by TCP", (at) => ["connect", "127.0.0.1", at.port]],
    ["connects by TCP over IPv6", (at) => ["connect", "::ffff:127.0.0.1", at.port]],
    ["connects by sending", (at) => ["fast-open", at.port]],
    ["sends a datagram", () => ["datagram", "127.0.0.1", "53"]],
    ["connects to a Unix socket", (at) => ["unix", at.socket]],
    ["connects to an abstract Unix socket", (at) => ["abstract", at.abstractName]],
    ["opens a netlink socket", () => ["netlink"]],
    ["opens a raw socket", () => ["raw"]],
    ["opens a packet socket", () => ["packet"]],
    ["opens an MPTCP socket", () => ["multipath"]],
    ["listens", () => ["listen"]],
    ["forks", () => ["fork"]],
    ["forks by the library", () => ["vfork"]],
    ["forks by clone3", () => ["clone3"]],
    ["signals the server", (at) => ["signal", at.server]],
    ["signals another process", (at) => ["signal", at.victim]],
    ["signals a thread of another process", (at) => ["thread-signal", at.victim]],
    ["queues a signal to another process", (at) => ["queue-signal", at.victim]],
    ["sets limits of another process", (at) => ["limits", at.victim]],
    ["lowers the priority of another process", (at) => ["priority", at.victim]],
    ["traces another process", (at) => ["trace", at.victim]],
    ["reads the memory of another process", (at) => ["peek", at.victim]],
    ["takes a handle of another process", (at) => ["pidfd", at.victim]],
    ["sets up io_uring", () => ["ring"]],
    ["asks for a keyring", () => ["keys"]],
    ["handles page faults", () => ["userfault"]],
    ["loads a program into the kernel", () => ["bpf"]],
    ["counts events of the kernel", () => ["perf"]],
    ["makes a user namespace", () => ["namespace"]],
    ["mounts", () => ["mount"]],
    ["opens a file by its handle", () => ["handle"]],
    ["changes its root", (at) => ["root", at.granted]],
    ["makes memory that outlives it", () => ["system-v"]],
    ["fills the disk", (at) => ["disk", path.join(at.granted, "marker"), "4"]],
    ["opens a thousand files", () => ["descriptors", "1000"]],
  ],
  talker: [
    ["reads what it was not given", (at) => ["read", canary(at)]],
    ["reads the environment of process 1", () => ["read", "/proc/1/environ"]],
    ["writes outside its folder", (at) => ["write", path.join(at.outside, "marker")]],
    ["writes through a link", (at) => ["symlink", path.join(at.outside, "marker"), path.join(at.granted, "link")]],
    ["moves a file out of its folder", (at) => ["rename", inside(at), path.join(at.outside, "marker")]],
    ["starts another program", (at) => ["execute", copied(at)]],
    ["writes a program and starts it", (at) => ["drop", at.granted]],
    ["starts a program that stands in memory", () => ["memory-file"]],
    ["connects to a Unix socket", (at) => ["unix", at.socket]],
    ["makes a pair of datagram sockets", () => ["pair"]],
    ["opens a netlink socket", () => ["netlink"]],
    ["opens a raw socket", () => ["raw"]],
    ["opens an MPTCP socket", () => ["multipath"]],
    ["connects to another port", (at) => ["connect", "127.0.0.1", at.port]],
    ["sends a datagram", () => ["datagram", "127.0.0.1", "53"]],
    ["connects by sending", (at) => ["fast-open", at.port]],
    ["listens", () => ["listen"]],
    ["forks", () => ["fork"]],
    ["signals the server", (at) => ["signal", at.server]],
    ["traces another process", (at) => ["trace", at.victim]],
  ],
  git: [
    ["reads what it was not given", (at) => ["read", canary(at)]],
    ["reads the environment of the server", (at) => ["read", `/proc/${at.server}/environ`]],
    ["writes outside its folder", (at) => ["write", path.join(at.outside, "marker")]],
    ["writes through a link", (at) => ["symlink", path.join(at.outside, "marker"), path.join(at.granted, "link")]],
    ["starts another program", (at) => ["execute", copied(at)]],
    ["writes a program and starts it", (at) => ["drop", at.granted]],
    ["starts a program that stands in memory", () => ["memory-file"]],
    ["connects to another port", (at) => ["connect", "127.0.0.1", at.port]],
    ["connects to a Unix socket", (at) => ["unix", at.socket]],
    ["forks by clone3", () => ["clone3"]],
    ["makes a session of its own", () => ["session"]],
    ["makes a process group of its own", () => ["group"]],
    ["signals the server", (at) => ["signal", at.server]],
    ["signals another process", (at) => ["signal", at.victim]],
    ["sets limits of another process", (at) => ["limits", at.victim]],
    ["traces another process", (at) => ["trace", at.victim]],
    ["makes memory that outlives it", () => ["system-v"]],
  ],
  gh: [
    ["reads what it was not given", (at) => ["read", canary(at)]],
    ["reads the environment of the server", (at) => ["read", `/proc/${at.server}/environ`]],
    ["writes into its folder", (at) => ["write", path.join(at.granted, "marker")]],
    ["starts another program", (at) => ["execute", copied(at)]],
    ["starts a program that stands in memory", () => ["memory-file"]],
    ["connects by TCP", (at) => ["connect", "127.0.0.1", at.port]],
    ["sends a datagram", () => ["datagram", "127.0.0.1", "53"]],
    ["makes a pair of datagram sockets", () => ["pair"]],
    ["makes a socket of sequenced packets", () => ["sequence"]],
    ["opens a netlink socket", () => ["netlink"]],
    ["opens a packet socket", () => ["packet"]],
    ["forks", () => ["fork"]],
    ["signals the server", (at) => ["signal", at.server]],
    ["traces another process", (at) => ["trace", at.victim]],
    ["opens a file by its handle", () => ["handle"]],
  ],
};
