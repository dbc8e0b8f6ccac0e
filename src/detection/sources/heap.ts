/** A binary heap: the least element, by `isLess`, comes first. */
export class Heap<Element> {
  readonly #elements: Element[] = [];
  readonly #isLess: (one: Element, other: Element) => boolean;

  constructor(isLess: (one: Element, other: Element) => boolean) {
    this.#isLess = isLess;
  }

  get size(): number {
    return this.#elements.length;
  }

  get first(): Element | undefined {
    return this.#elements[0];
  }

  /** The least but for the first. */
  get second(): Element | undefined {
    const [, left, right] = this.#elements;
    return left !== undefined && right !== undefined && this.#isLess(right, left) ? right : left;
  }

  add(element: Element): void {
    const elements = this.#elements;
    let at = elements.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isLess(element, elements[above]!)) break;
      elements[at] = elements[above]!;
      at = above;
    }
    elements[at] = element;
  }

  takeFirst(): Element | undefined {
    const first = this.#elements[0];
    const last = this.#elements.pop();
    if (this.#elements.length > 0 && last !== undefined) this.#sink(last);
    return first;
  }

  /** Restores the order after the first element itself has changed. */
  firstChanged(): void {
    const first = this.#elements[0];
    if (first !== undefined) this.#sink(first);
  }

  /** Puts `element` in the first place and lets it sink to where it belongs. */
  #sink(element: Element): void {
    const elements = this.#elements;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= elements.length) break;
      if (below + 1 < elements.length && this.#isLess(elements[below + 1]!, elements[below]!)) below += 1;
      if (!this.#isLess(elements[below]!, element)) break;
      elements[at] = elements[below]!;
      at = below;
    }
    elements[at] = element;
  }
}
