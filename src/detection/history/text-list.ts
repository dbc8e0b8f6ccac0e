/** From so many on, a map finds a text faster than a walk along the list. */
const few = 8;

const none: readonly string[] = Object.freeze([]);

/**
 * Different texts in the order they came. Most lists of a grant's life stay short, and there are many of them: until one
 * grows it takes no more room than its texts.
 */
export class TextList {
  #texts: readonly string[] = none;
  #places: Map<string, number> | undefined = undefined;
  /** The place asked for last: most events repeat the text before. */
  #last = 0;

  get size(): number {
    return this.#texts.length;
  }

  /** Place of a text, -1 where it is not. */
  indexOf(text: string): number {
    if (this.#texts[this.#last] === text) return this.#last;
    const place = this.#places === undefined ? this.#texts.indexOf(text) : (this.#places.get(text) ?? -1);
    if (place >= 0) this.#last = place;
    return place;
  }

  /** Takes a text that is not there yet and is kept as it is: hand over one that holds nothing else alive. */
  add(text: string): void {
    this.#last = this.#texts.length;
    // What `concat` makes has exactly the room it needs; `push` and spreading reserve room for sixteen more.
    this.#texts = this.#texts.concat(text);
    if (this.#texts.length > few) this.#places ??= new Map(this.#texts.map((each, place) => [each, place]));
    this.#places?.set(text, this.#last);
  }

  values(): readonly string[] {
    return this.#texts;
  }
}
