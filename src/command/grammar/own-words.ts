// What a caller may write into commits and pull requests: words of its own, and nothing that a reader could take for a line of the
// server's. Data for git-changing.ts and gh.ts.

/** A trailer AI-SRE-…, or the line `---`, behind which git looks for no trailer (git-interpret-trailers). */
const notOurs = "(?![^]*(?:^|\\n)(?:[ \\t]*ai-sre-[a-z-]*[ \\t]*[:=]|---))";

/** A commit's message. */
export const messagePattern = new RegExp(`^${notOurs}[^]*\\S`, "i");

/** A pull request's title or body: a squash makes a commit's message of them. */
export const requestPattern = /^(?![^]*(?:^|\n)[ \t]*ai-sre-[a-z-]*[ \t]*[:=])[^\0]{1,16000}$/is;
