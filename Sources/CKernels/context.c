#include "CKernels.h"

_Thread_local void *ck_context_slot;
