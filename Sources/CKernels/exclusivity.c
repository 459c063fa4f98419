#include "CKernels.h"
#include <stdbool.h>

// The Swift runtime's own switch (stdlib/public/runtime/Exclusivity.cpp). Weak: a runtime without it keeps its checks.
extern bool _swift_disableExclusivityChecking __attribute__((weak));

void ck_trust_exclusivity(void) {
  if (&_swift_disableExclusivityChecking) _swift_disableExclusivityChecking = true;
}
