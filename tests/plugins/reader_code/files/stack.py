"""A stack of things."""
import sys

LIMIT = 10  # of a stack


# Told when it is full.
# It is no error.
class Full(Exception):
    pass


class Stack:
    """Last in, first out."""

    size = 0

    def __init__(self, limit=LIMIT):
        self.items = []

    # Above the decorator.
    @property
    def top(self):
        """The newest."""
        return self.items[-1]

    class Cursor:
        def next(self):
            return None


async def fill(stack, many):
    # Not a definition of its own.
    def one(item):
        stack.push(item)
    for item in many:
        one(item)


if __name__ == "__main__":
    fill(Stack(), sys.argv)
