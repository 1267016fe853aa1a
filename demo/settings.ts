// What a person needs to go on by hand while the demo keeps serving: address, key, curl, n8n. Pure; used by demo.ts.

export function settingsText({ port, key }: { readonly port: number; readonly key: string }): string {
  const url = `http://127.0.0.1:${port}`;
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "kubectl_get", arguments: { resource: "pods" } },
  });
  return `
AI SRE keeps serving, on the simulated cluster, until Ctrl-C.

  address  ${url}
  key      ${key}   (made for this run)

curl:

curl -sS ${url}/mcp/http \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -H 'Accept: application/json, text/event-stream' \\
  -H 'MCP-Protocol-Version: 2025-11-25' \\
  -d '${body}'

n8n, node MCP Client or MCP Client Tool (n8n has no WebSocket client for MCP):

  Endpoint          ${url}/mcp/http
  Server Transport  HTTP Streamable
  Authentication    Bearer Auth, token = the key above

n8n in a container does not reach 127.0.0.1 of this machine: README.md, "Connect n8n", says what to set.
`;
}
