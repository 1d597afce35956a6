#ifndef STACK_H
#define STACK_H

#include <stddef.h>

#define MOST 10

/* How large it is. */
#define SIZE(s) ((s)->size)

/** Last in, first out. */
typedef struct stack {
  size_t size; /* now */
} stack;

struct item {
  int value;
};

enum color { RED, GREEN };

#ifdef __cplusplus
extern "C" {
#endif

/** Puts one on top. Returns 0 where it is full. */
int stack_push(stack *s, int item);
char *stack_name(const stack *s);

#ifdef __cplusplus
}
#endif
#endif
