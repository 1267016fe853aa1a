// Where slow builds are kept between checkouts: in the user's cache. Used by whatever builds or installs something once.
import { homedir } from "node:os";
import path from "node:path";

export const userCache = path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "ai-sre");
