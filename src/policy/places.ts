// The URLs of site data's `hosts` → the parts that the rules compare. Used by site-data.ts; pure.

export interface Place {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end; "" for the whole host. */
  readonly path: string;
}

/** True for an http or https URL that names a place and nothing else. */
export function isPlaceUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return [url.username, url.password, url.search, url.hash].every((part) => part === "") && !/[?#]/.test(text);
}

/** The parts of a URL that isPlaceUrl accepts (WHATWG rules: lower case, dot segments removed). */
export function toPlace(text: string): Place {
  const url = new URL(text);
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { scheme: url.protocol.slice(0, -1), host: url.hostname, port, path: url.pathname.replace(/\/+$/, "") };
}
