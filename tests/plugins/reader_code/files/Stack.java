package org.example;

import java.util.ArrayList;

/** Last in, first out. */
@Deprecated
public class Stack<T> extends ArrayList<T> {
    private final int limit = 10;

    /** Makes one. */
    public Stack() {
    }

    /** The newest. */
    @Override
    public T get(int at) {
        return super.get(at);
    }

    interface Visitor {
        void visit();
    }

    enum Color {
        RED, GREEN;

        boolean warm() {
            return this == RED;
        }
    }
}

record Point(int x, int y) {
}
