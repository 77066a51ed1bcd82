// What the page knows from the playground's stream, and its requests to the playground.

/** Conversations, messages, views and facts; listeners get each change after it has been stored. */
export class Store {
  world = null; // people, channels, commands …: sent when a stream begins
  messages = new Map(); // channel id -> messages in order
  homes = {};
  stack = [];
  facts = null;
  #listeners = [];

  listen(listener) {
    this.#listeners.push(listener);
  }

  connect() {
    const stream = new EventSource("/stream");
    stream.onmessage = (event) => this.#take(JSON.parse(event.data));
    stream.onerror = () => this.#notify({ change: "lost" });
  }

  channel(id) {
    return this.world.channels.find((channel) => channel.id === id);
  }

  /** The messages of a conversation: those of one thread, or those outside threads. */
  shown(channel, thread = null) {
    const all = this.messages.get(channel) ?? [];
    if (thread) return all.filter((m) => m.ts === thread || m.thread_ts === thread);
    return all.filter((m) => !m.thread_ts || m.thread_ts === m.ts);
  }

  replies(message) {
    return (this.messages.get(message.channel) ?? []).filter((m) => m.thread_ts === message.ts && m.ts !== message.ts);
  }

  find(channel, ts) {
    return (this.messages.get(channel) ?? []).find((m) => m.ts === ts);
  }

  #take(change) {
    switch (change.change) {
      case "all": {
        const { messages, homes, stack, facts, ...world } = change;
        Object.assign(this, { world, homes, stack, facts });
        this.messages = new Map(world.channels.map(({ id }) => [id, []]));
        for (const message of messages) this.messages.get(message.channel)?.push(message);
        break;
      }
      case "message": {
        const list = this.messages.get(change.message.channel);
        const at = list.findIndex((m) => m.ts === change.message.ts);
        change.fresh = at < 0;
        if (at < 0) list.push(change.message);
        else list[at] = change.message;
        break;
      }
      case "deleted": {
        const list = this.messages.get(change.channel);
        const at = list.findIndex((m) => m.ts === change.ts);
        if (at >= 0) [change.message] = list.splice(at, 1);
        break;
      }
      case "home":
        this.homes[change.user] = change.view;
        break;
      case "stack":
        this.stack = change.stack;
        break;
      case "facts":
        this.facts = change.facts;
        break;
    }
    this.#notify(change);
  }

  #notify(change) {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Have the playground do something; the answer may hold an `error` in words. */
export const ask = (action) =>
  fetched("/do", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(action) });

export const explain = (question) => fetched(`/explain?question=${encodeURIComponent(question)}`);

async function fetched(...request) {
  try {
    return await (await fetch(...request)).json();
  } catch {
    return { error: "The playground does not answer. Is it still running?" };
  }
}

/** What was remembered between visits, if the browser keeps anything. */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing
  }
}
