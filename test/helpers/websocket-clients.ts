// Client transports over `ws` for SDKs that have none, or none that can send a key. The clients that drive them are not ours.
import { WebSocket } from "ws";

interface Callbacks<Message> {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: Message) => void;
}

/** One text frame is one message; the key goes into the upgrade's header. */
export class HeaderWebSocketTransport<Message> implements Callbacks<Message> {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: Message) => void;
  readonly socket: WebSocket;

  constructor(url: string, key?: string) {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    this.socket = new WebSocket(url, ["mcp"], { headers, perMessageDeflate: false });
  }

  start(): Promise<void> {
    const { socket } = this;
    socket.on("message", (data: Buffer) => this.onmessage?.(JSON.parse(data.toString("utf8"))));
    socket.on("close", () => this.onclose?.());
    return new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
  }

  async send(message: Message): Promise<void> {
    this.socket.send(JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.socket.close(1000);
  }
}
