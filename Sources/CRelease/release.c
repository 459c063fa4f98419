#include "CRelease.h"

struct cr_state *cr_state(void) {
  static _Thread_local struct cr_state state;
  return &state;
}
