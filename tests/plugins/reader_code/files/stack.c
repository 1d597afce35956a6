#include "stack.h"

static int count;

/* Puts one on top. */
int stack_push(stack *s, int item) {
  return s->size + item;
}

static char *name_of(void) { return 0; }
