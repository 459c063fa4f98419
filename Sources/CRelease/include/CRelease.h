// How deep the release of objects inside objects is on this thread, and what was put aside: Swift has no variables of a
// thread that cost as little as one addition.
#ifndef CRELEASE_H
#define CRELEASE_H

struct cr_state {
  long depth;
  void *pile;
};
struct cr_state *cr_state(void);

#endif
