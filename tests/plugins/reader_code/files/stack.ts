import { Item } from "./item";

/** What is stacked. */
export interface Stacked<T> {
  top(): T;
}

export type Names = string[];

export enum Color { Red, Green }

/** Last in, first out. */
@Injectable()
export abstract class Stack<T> implements Stacked<T> {
  private items: T[] = [];

  /** The newest. */
  top(): T {
    return this.items[0];
  }

  abstract size(): number;
}

namespace Inner {
  export function help(): void {}
}

declare function outer(x: number): string;

export const make = <T,>(x: T): Stack<T> => null as any;
