import fs from "fs";

const LIMIT = 10;

/** Last in, first out. */
export class Stack {
  #items = [];

  /** Puts one on top. */
  push(item) {
    this.#items.push(item);
  }

  onFull = () => {
    throw new Error("full");
  };
}

// Adds.
export const add = (a, b) => a + b;

Stack.prototype.peek = function () {
  return 1;
};

export default function () {
  return LIMIT;
}

function* count() {
  yield 1;
}

export { count };
