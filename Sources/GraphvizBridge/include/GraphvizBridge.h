// Graph layout as arrays in, arrays out.
//
// No Graphviz header is visible here, so that the drift of its types between 2.42 and 14
// (boolean/bool, int/size_t, const) stays in the C files. Graphviz never sees a user's text: nodes
// are n0, n1 …, and room for labels is reserved by size. Clusters, rank
// groups and edges inside one rank are not offered: dot 2.42 reads and writes beyond its tables for them,
// so that one graph has several layouts and some end the process (found by laying out random graphs).
#ifndef GRAPHVIZ_BRIDGE_H
#define GRAPHVIZ_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

typedef struct { double x, y; } gvb_point;
typedef struct { double x0, y0, x1, y1; } gvb_box;  // lower left, upper right; points, y up

// Where on a side of its node a port lies. `side`: 0 top, 1 right, 2 bottom, 3 left; `offset` in
// points from the left or the top end of that side.
typedef struct { int32_t side; double offset; } gvb_port;

typedef struct {
  double width, height;            // points
  int32_t port_first, port_count;  // into gvb_graph.ports
} gvb_node;

typedef struct {
  int32_t tail, head;
  int32_t tail_port, head_port;    // index among the node's ports, -1: none
  double label_width, label_height;  // 0: no label
  int32_t weight, min_length;      // min_length 1 at least, and head is not tail
} gvb_edge;

typedef struct {
  const gvb_node *nodes; int32_t node_count;
  const gvb_port *ports; int32_t port_count;
  const gvb_edge *edges; int32_t edge_count;
  int32_t direction;               // 0 top to bottom, 1 left to right, 2 bottom to top, 3 right to left
  int32_t lines;                   // 0 spline, 1 polyline, 2 straight
  int32_t keep_order;              // edges leave a node in the order they were given
  int32_t effort;                  // 2 all it takes, 1 capped, 0 little: for large graphs
  double node_gap, rank_gap;       // points
} gvb_graph;

typedef struct { int32_t first, count; int32_t has_label; gvb_point label; } gvb_route;

enum {
  GVB_OK = 0, GVB_NO_ENGINE = 1, GVB_FAILED = 2, GVB_NO_MEMORY = 3, GVB_BAD_INPUT = 4, GVB_NO_THREAD = 5,
};

typedef struct {
  gvb_box bounds;
  gvb_box *nodes;                  // node_count
  gvb_route *routes;               // edge_count; count 0: Graphviz lost the line
  gvb_point *points; int32_t point_count;  // cubic control points, 3k+1 a route, tail first
  char *messages;                  // what Graphviz complained about, or NULL
  int32_t error;
} gvb_layout;

// Lays the graph out on a thread with a deep stack, one call at a time in the whole process
// (Graphviz keeps its state in globals). Returns layout->error; free the layout in any case.
int gvb_run(const gvb_graph *graph, gvb_layout *layout);
void gvb_free(gvb_layout *layout);

// The version of the library in use, as it calls itself; "" when there is none. Never free it.
const char *gvb_version(void);

#endif
