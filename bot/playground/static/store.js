// What the page knows from the playground's stream, and its requests to the playground.

/** Conversations, messages, views and facts; the listener gets each change after it has been stored. */
class Store {
  world = null; // people, channels, commands …: sent when a stream begins
  messages = new Map(); // channel id -> messages in order
  homes = {};
  modal = null;
  facts = null;
  here = null; // the id of the conversation that is shown
  #notify = null;

  /** Get each change from now on. */
  connect(listener) {
    this.#notify = listener;
    const stream = new EventSource("/stream");
    stream.onmessage = (event) => this.#take(JSON.parse(event.data));
    stream.onerror = () => this.#notify({ change: "lost" });
  }

  channel = (id) => this.world.channels.find((channel) => channel.id === id);

  get botName() {
    return this.world.users[this.world.bot];
  }

  get command() {
    return this.world.manifest.features.slash_commands[0];
  }

  /** The shortcuts of a type: "global" or "message". */
  shortcuts = (type) => this.world.manifest.features.shortcuts.filter((shortcut) => shortcut.type === type);

  /** The messages of a conversation: those of one thread, or those outside threads. */
  shown(channel, thread = null) {
    const all = this.messages.get(channel) ?? [];
    if (thread) return all.filter((m) => m.ts === thread || m.thread_ts === thread);
    return all.filter((m) => !m.thread_ts || m.thread_ts === m.ts);
  }

  replies = (message) => this.shown(message.channel, message.ts).filter((m) => m.ts !== message.ts);

  find = (channel, ts) => this.messages.get(channel)?.find((m) => m.ts === ts);

  #take(change) {
    switch (change.change) {
      case "all": {
        const { messages, homes, modal, facts, ...world } = change;
        Object.assign(this, { world, homes, modal, facts });
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
      case "home": this.homes[change.user] = change.view; break;
      case "modal": this.modal = change.modal; break;
      case "facts": this.facts = change.facts; break;
    }
    this.#notify(change);
  }
}

export const store = new Store();

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

let memory = { getItem: () => null, setItem() {} };
try {
  memory = localStorage;
} catch {
  // a browser that keeps nothing between visits
}
export const recall = (name) => memory.getItem(name);
export const remember = (name, value) => memory.setItem(name, value);
