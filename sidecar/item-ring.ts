import type { SidecarItem } from "../schema/wire/sidecar.ts";

/** Bounds of what is kept for an account that does not take it. */
export interface RingBounds {
  readonly itemsMax: number;
  readonly charactersMax: number;
}

/** A numbered item as it is sent, and what it stands for at the venue. */
export interface KeptItem {
  readonly sequence: number;
  readonly text: string;
  /** Called once the account has stored it: a venue that keeps what was not taken may then let it go. */
  readonly onTaken: (() => void) | undefined;
}

/**
 * What was told to an account and is not acknowledged yet. Numbers rise by one; where more comes than is kept, the
 * oldest goes, and whoever asks for it learns that it is lost.
 */
export class ItemRing {
  private readonly bounds: RingBounds;
  private items: KeptItem[] = [];
  /** Items before this place of the list are gone: shifting a long list each time would be slow. */
  private start = 0;
  private characters = 0;
  private lastSequence = 0;

  constructor(bounds: RingBounds) {
    this.bounds = bounds;
  }

  /** Number of the last item that came; 0 before the first. */
  get last(): number {
    return this.lastSequence;
  }

  /** Number of the oldest item that is kept; one more than the last where none is. */
  get first(): number {
    return this.items[this.start]?.sequence ?? this.lastSequence + 1;
  }

  get size(): number {
    return this.items.length - this.start;
  }

  push(item: SidecarItem, onTaken?: () => void): KeptItem {
    this.lastSequence += 1;
    const kept = {
      sequence: this.lastSequence,
      text: JSON.stringify({ type: "item", sequence: this.lastSequence, item }),
      onTaken,
    };
    this.items.push(kept);
    this.characters += kept.text.length;
    const { itemsMax, charactersMax } = this.bounds;
    while (this.size > 1 && (this.size > itemsMax || this.characters > charactersMax)) this.drop();
    return kept;
  }

  /** Lets go of everything up to `sequence`. */
  taken(sequence: number): void {
    while (this.first <= sequence && this.size > 0) this.drop()?.onTaken?.();
  }

  /** The item of a number, where it is kept. */
  at(sequence: number): KeptItem | undefined {
    const place = this.start + (sequence - this.first);
    return place < this.start ? undefined : this.items[place];
  }

  private drop(): KeptItem | undefined {
    const item = this.items[this.start];
    if (item === undefined) return undefined;
    this.characters -= item.text.length;
    this.start += 1;
    if (this.start > 256 && this.start * 2 > this.items.length) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
    return item;
  }
}
