#ifndef GVB_INTERNAL_H
#define GVB_INTERNAL_H

#include "GraphvizBridge.h"
#include <gvc.h>
#if __has_include(<graphviz_version.h>)
#include <graphviz_version.h>
#elif __has_include(<graphviz/graphviz_version.h>)
#include <graphviz/graphviz_version.h>
#endif

// Graphviz before 9 declares `char *` for arguments it only reads; cast here, once.
#define S(text) ((char *)(text))

// The one context of the process, or NULL. Call with the lock held.
GVC_t *gvb_context(void);
// What was complained about since the last call; the caller frees it. Call with the lock held.
char *gvb_take_messages(void);
// The layout itself. Call with the lock held, on a deep stack.
void gvb_lay_out(const gvb_graph *graph, gvb_layout *layout);

#endif
