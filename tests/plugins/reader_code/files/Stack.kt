package org.example

import kotlin.math.max

/** Last in, first out. */
class Stack<T>(private val limit: Int = 10) {
    private val items = mutableListOf<T>()

    /** Puts one on top. */
    fun push(item: T) {
        items.add(item)
    }

    companion object {
        fun empty() = Stack<Int>()
    }
}

interface Counted {
    fun count(): Int
}

object Registry {
    fun register() {}
}

typealias Names = List<String>

/** The larger one. */
fun larger(a: Int, b: Int) = max(a, b)
