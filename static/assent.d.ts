/** What Assent gives to the scripts of a page: `window.assent`, and two events on `document`. */

export type Category = "necessary" | "functional" | "analytics" | "performance" | "advertisement";

/** What a visitor said; times are ISO 8601 in UTC. */
export interface Choice {
  readonly categories: readonly Category[];
  readonly at: string;
  /** What was granted and has changed since: it is asked for again. */
  readonly changed?: readonly Category[];
}

/** What is granted now, and why. */
export interface State {
  /** Null before a choice. */
  readonly choice: Choice | null;
  /** "necessary" is always in it. */
  readonly granted: readonly Category[];
  /** Whether the browser sends Global Privacy Control. */
  readonly gpc: boolean;
  readonly policy_version: string;
  readonly expires: string | null;
  /** Null before a choice. */
  readonly consent_id: string | null;
}

export interface Assent {
  readonly state: State;
  /** Shows the dialog; settles when it is closed. */
  open(): Promise<State>;
  accept(): Promise<State>;
  reject(): Promise<State>;
  /** Grants these categories and no others. */
  save(categories: Iterable<Category>): Promise<State>;
  withdraw(): Promise<State>;
  /**
   * Calls back whenever the state changes; for "ready" soon and once, as who can ask finds Assent ready.
   * Returns what ends it.
   */
  on(type: "ready" | "change", listener: (state: State) => void): () => void;
}

declare global {
  const assent: Assent;
  interface Window {
    readonly assent: Assent;
  }
  interface DocumentEventMap {
    "assent:ready": CustomEvent<State>;
    "assent:change": CustomEvent<State>;
  }
}
