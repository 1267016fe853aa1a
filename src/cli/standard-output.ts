// Standard output of the commands that print data: when nobody reads on (`… | head`), they end without a word.

/** Call it once, before the first line. The exit code is then 1: not everything was said. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(1);
  });
}
