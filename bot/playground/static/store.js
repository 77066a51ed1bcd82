// What the page knows: everything that the playground has told it, and the way to ask for more.

/** Conversations, messages, views, facts; `listen` is called with each change after it has been taken in. */
export class Store {
  world = null; // who, where, what can be done: sent when a stream begins
  messages = new Map(); // channel id -> messages in order
  homes = {};
  stack = [];
  facts = null;
  connected = false;
  #listeners = [];

  listen(listener) {
    this.#listeners.push(listener);
  }

  connect() {
    const stream = new EventSource("/stream");
    stream.onmessage = (event) => this.#take(JSON.parse(event.data));
    stream.onerror = () => {
      this.connected = false;
      this.#tell({ change: "lost" });
    };
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
        this.connected = true;
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
    this.#tell(change);
  }

  #tell(change) {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Have the playground do something; the answer may hold an `error` in words. */
export async function ask(wish) {
  try {
    const response = await fetch("/do", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) });
    return await response.json();
  } catch {
    return { error: "The playground does not answer: is it still running?" };
  }
}

export async function explain(question) {
  try {
    return await (await fetch(`/explain?question=${encodeURIComponent(question)}`)).json();
  } catch {
    return { error: "The playground does not answer: is it still running?" };
  }
}
