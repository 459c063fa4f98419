// Builds the graph, lets `dot` place it, reads the structures through their macros.
#include "internal.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELLLESS "BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\" FIXEDSIZE=\"TRUE\""

static int is_length(double v) { return isfinite(v) && v >= 0 && v < 1e6; }

static void set(void *object, const char *key, const char *value) {
  agsafeset(object, S(key), S(value), S(""));
}

static void set_number(void *object, const char *key, double value) {
  char text[40];
  snprintf(text, sizeof text, "%.6f", value);
  set(object, key, text);
}

static void set_html(Agraph_t *g, void *object, const char *key, const char *html) {
  char *kept = agstrdup_html(agroot(g), S(html));
  agsafeset(object, S(key), kept, S(""));
#if defined(GRAPHVIZ_VERSION_MAJOR) && GRAPHVIZ_VERSION_MAJOR >= 13
  agstrfree(agroot(g), kept, true);
#else
  agstrfree(agroot(g), kept);
#endif
}

// An empty table of fixed size: reserves room without any font.
static void reserve(Agraph_t *g, void *object, double width, double height) {
  char html[256];
  snprintf(html, sizeof html, "<TABLE " CELLLESS " WIDTH=\"%d\" HEIGHT=\"%d\"><TR><TD></TD></TR></TABLE>",
           (int)ceil(width), (int)ceil(height));
  set_html(g, object, "label", html);
}

struct text { char *bytes; size_t length, capacity; };

static void append(struct text *t, const char *format, ...) {
  char piece[256];
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(piece, sizeof piece, format, arguments);
  va_end(arguments);
  if (n < 0) return;
  if (t->length + (size_t)n + 1 > t->capacity) {
    size_t capacity = t->capacity * 2 + (size_t)n + 256;
    char *grown = realloc(t->bytes, capacity);
    if (!grown) return;
    t->bytes = grown;
    t->capacity = capacity;
  }
  memcpy(t->bytes + t->length, piece, (size_t)n + 1);
  t->length += (size_t)n;
}

static int sideways(const gvb_graph *in) { return in->direction == 1 || in->direction == 3; }

// Whether a port lies on a side that faces a neighbouring rank. Only those get a cell of their own;
// the others get a compass point and are moved to their place afterwards, in Swift.
static int faces_rank(const gvb_graph *in, const gvb_port *port) {
  return sideways(in) ? port->side == 1 || port->side == 3 : port->side == 0 || port->side == 2;
}

struct slot { double offset; int port; };

static int by_offset(const void *a, const void *b) {
  const struct slot *x = a, *y = b;
  if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
  return x->port - y->port;
}

// A row (or column) of cells as large as the node, each port in the middle of its own cell.
// `cell_of[port]` becomes the number of its cell, -1 for none. Ports in the same place share one.
static void add_ports(const gvb_graph *in, Agraph_t *g, Agnode_t *node, const gvb_node *n, int *cell_of) {
  struct slot *slots = calloc((size_t)n->port_count + 1, sizeof *slots);
  if (!slots) return;
  int count = 0, along = sideways(in) ? (int)n->height : (int)n->width;
  for (int p = 0; p < n->port_count; p++) {
    const gvb_port *port = &in->ports[n->port_first + p];
    cell_of[n->port_first + p] = -1;
    if (faces_rank(in, port)) slots[count++] = (struct slot){port->offset, p};
  }
  qsort(slots, (size_t)count, sizeof *slots, by_offset);
  struct text html = {0};
  int across = sideways(in) ? (int)n->width : (int)n->height, at = 0, cell = 0;
  append(&html, "<TABLE " CELLLESS " WIDTH=\"%d\" HEIGHT=\"%d\">", (int)n->width, (int)n->height);
  if (!sideways(in)) append(&html, "<TR>");
#define CELL(size, port) do { \
    if (sideways(in)) append(&html, "<TR>"); \
    append(&html, "<TD FIXEDSIZE=\"TRUE\" WIDTH=\"%d\" HEIGHT=\"%d\"", sideways(in) ? across : (size), \
           sideways(in) ? (size) : across); \
    if ((port) >= 0) append(&html, " PORT=\"p%d\"", port); \
    append(&html, "></TD>"); \
    if (sideways(in)) append(&html, "</TR>"); \
  } while (0)
  for (int k = 0; k < count; k++) {
    int center = (int)lround(slots[k].offset);
    if (k > 0 && center <= (int)lround(slots[k - 1].offset)) {
      cell_of[n->port_first + slots[k].port] = cell - 1;
      continue;
    }
    // Half the way to the next port, to the last cell and to the ends: cells never overlap.
    int half = center - at;
    int next = along;
    for (int later = k + 1; later < count; later++) {
      int other = (int)lround(slots[later].offset);
      if (other > center) { next = (center + other) / 2; break; }
    }
    if (next - center < half) half = next - center;
    if (half < 1) { cell_of[n->port_first + slots[k].port] = cell > 0 ? cell - 1 : -1; continue; }
    if (center - half > at) CELL(center - half - at, -1);
    CELL(2 * half, cell);
    at = center + half;
    cell_of[n->port_first + slots[k].port] = cell++;
  }
  if (along > at) CELL(along - at, -1);
  if (!sideways(in)) append(&html, "</TR>");
  append(&html, "</TABLE>");
  if (html.bytes && cell > 0) set_html(g, node, "label", html.bytes);
  free(html.bytes);
  free(slots);
}

static void set_port(const gvb_graph *in, Agedge_t *edge, const char *key, int node, int port, const int *cell_of) {
  if (port < 0) return;
  int index = in->nodes[node].port_first + port;
  static const char compass[] = "nesw";
  char text[40];
  char side = compass[in->ports[index].side & 3];
  if (cell_of[index] >= 0) snprintf(text, sizeof text, "p%d:%c", cell_of[index], side);
  else snprintf(text, sizeof text, "%c", side);
  set(edge, key, text);
}

static int is_sound(const gvb_graph *in) {
  for (int i = 0; i < in->node_count; i++) {
    const gvb_node *n = &in->nodes[i];
    if (!is_length(n->width) || !is_length(n->height)) return 0;
    if (n->port_count < 0 || n->port_first < 0 || n->port_first > in->port_count - n->port_count) return 0;
  }
  for (int i = 0; i < in->port_count; i++) if (!is_length(in->ports[i].offset)) return 0;
  for (int i = 0; i < in->edge_count; i++) {
    const gvb_edge *e = &in->edges[i];
    if (e->tail < 0 || e->tail >= in->node_count || e->head < 0 || e->head >= in->node_count) return 0;
    // Edges that may stay inside one rank make 2.42 use memory it has freed.
    if (e->tail == e->head || e->min_length < 1) return 0;
    if (e->tail_port >= in->nodes[e->tail].port_count || e->head_port >= in->nodes[e->head].port_count) return 0;
    if (!is_length(e->label_width) || !is_length(e->label_height)) return 0;
  }
  return is_length(in->node_gap) && is_length(in->rank_gap);
}

static Agraph_t *open_graph(const gvb_graph *in) {
  static const char *const directions[] = {"TB", "LR", "BT", "RL"};
  static const char *const lines[] = {"true", "polyline", "line"};
  Agraph_t *g = agopen(S("g"), Agdirected, NULL);
  if (!g) return NULL;
  // Defaults are declared before any object: declaring a key later costs a walk over all of them.
  static const char *const node_keys[][2] = {
    {"shape", "box"}, {"label", ""}, {"fixedsize", "true"}, {"penwidth", "0"}, {"width", "0.5"}, {"height", "0.5"},
  };
  static const char *const edge_keys[][2] = {
    {"label", ""}, {"weight", "1"}, {"minlen", "1"}, {"dir", "none"},
    {"tailport", ""}, {"headport", ""},
  };
  static const char *const graph_keys[][2] = {{"label", ""}, {"margin", "8"}, {"penwidth", "0"}};
  for (size_t i = 0; i < sizeof node_keys / sizeof *node_keys; i++)
    agattr(g, AGNODE, S(node_keys[i][0]), S(node_keys[i][1]));
  for (size_t i = 0; i < sizeof edge_keys / sizeof *edge_keys; i++)
    agattr(g, AGEDGE, S(edge_keys[i][0]), S(edge_keys[i][1]));
  for (size_t i = 0; i < sizeof graph_keys / sizeof *graph_keys; i++)
    agattr(g, AGRAPH, S(graph_keys[i][0]), S(graph_keys[i][1]));
  char number[40];
  agattr(g, AGRAPH, S("rankdir"), S(directions[in->direction & 3]));
  agattr(g, AGRAPH, S("splines"), S(lines[in->lines < 0 || in->lines > 2 ? 0 : in->lines]));
  snprintf(number, sizeof number, "%.6f", in->node_gap / 72);
  agattr(g, AGRAPH, S("nodesep"), S(number));
  snprintf(number, sizeof number, "%.6f", in->rank_gap / 72);
  agattr(g, AGRAPH, S("ranksep"), S(number));
  if (in->keep_order) agattr(g, AGRAPH, S("ordering"), S("out"));
  if (in->effort < 2) {
    agattr(g, AGRAPH, S("nslimit"), S(in->effort ? "0.5" : "0.1"));
    agattr(g, AGRAPH, S("nslimit1"), S(in->effort ? "2" : "1"));
    agattr(g, AGRAPH, S("mclimit"), S(in->effort ? "0.5" : "0.1"));
  }
  return g;
}

static void read_routes(const gvb_graph *in, Agedge_t **edges, gvb_layout *out) {
  size_t total = 0;
  for (int i = 0; i < in->edge_count; i++) {
    splines *s = ED_spl(edges[i]);
    for (size_t b = 0; s && b < (size_t)s->size; b++) total += (size_t)s->list[b].size;
  }
  out->points = malloc((total + 1) * sizeof *out->points);
  if (!out->points || total > INT32_MAX) { out->error = GVB_NO_MEMORY; return; }
  for (int i = 0; i < in->edge_count; i++) {
    gvb_route *route = &out->routes[i];
    splines *s = ED_spl(edges[i]);
    route->first = out->point_count;
    // A line of several Béziers starts each where the last one ended; the shared point is kept once.
    for (size_t b = 0; s && b < (size_t)s->size; b++) {
      for (size_t k = b > 0 ? 1 : 0; k < (size_t)s->list[b].size; k++) {
        pointf p = s->list[b].list[k];
        out->points[out->point_count++] = (gvb_point){p.x, p.y};
      }
    }
    route->count = out->point_count - route->first;
    textlabel_t *label = ED_label(edges[i]);
    if (label && label->set) {
      route->has_label = 1;
      route->label = (gvb_point){label->pos.x, label->pos.y};
    }
  }
}

void gvb_lay_out(const gvb_graph *in, gvb_layout *out) {
  free(gvb_take_messages());
  if (!is_sound(in)) { out->error = GVB_BAD_INPUT; return; }
  GVC_t *context = gvb_context();
  if (!context) { out->error = GVB_NO_ENGINE; return; }
  char name[32];
  Agraph_t *g = open_graph(in);
  Agnode_t **nodes = calloc((size_t)in->node_count + 1, sizeof *nodes);
  Agedge_t **edges = calloc((size_t)in->edge_count + 1, sizeof *edges);
  int *cell_of = calloc((size_t)in->port_count + 1, sizeof *cell_of);
  out->nodes = calloc((size_t)in->node_count + 1, sizeof *out->nodes);
  out->routes = calloc((size_t)in->edge_count + 1, sizeof *out->routes);
  if (!g || !nodes || !edges || !cell_of || !out->nodes || !out->routes) {
    out->error = GVB_NO_MEMORY;
    goto done;
  }

  for (int i = 0; i < in->node_count; i++) {
    const gvb_node *n = &in->nodes[i];
    snprintf(name, sizeof name, "n%d", i);
    nodes[i] = agnode(g, name, 1);
    set_number(nodes[i], "width", n->width / 72);
    set_number(nodes[i], "height", n->height / 72);
    if (n->port_count > 0) add_ports(in, g, nodes[i], n, cell_of);
  }
  for (int i = 0; i < in->edge_count; i++) {
    const gvb_edge *e = &in->edges[i];
    snprintf(name, sizeof name, "e%d", i);  // a key keeps parallel edges apart
    edges[i] = agedge(g, nodes[e->tail], nodes[e->head], name, 1);
    snprintf(name, sizeof name, "%d", e->weight);
    if (e->weight != 1) set(edges[i], "weight", name);
    snprintf(name, sizeof name, "%d", e->min_length);
    if (e->min_length != 1) set(edges[i], "minlen", name);
    if (e->label_width > 0) reserve(g, edges[i], e->label_width, e->label_height);
    set_port(in, edges[i], "tailport", e->tail, e->tail_port, cell_of);
    set_port(in, edges[i], "headport", e->head, e->head_port, cell_of);
  }

  if (gvLayout(context, g, "dot") != 0) {
    out->error = GVB_FAILED;
    gvFreeLayout(context, g);
    goto done;
  }
  boxf bounds = GD_bb(g);
  out->bounds = (gvb_box){bounds.LL.x, bounds.LL.y, bounds.UR.x, bounds.UR.y};
  for (int i = 0; i < in->node_count; i++) {
    pointf c = ND_coord(nodes[i]);
    double w = ND_width(nodes[i]) * 36, h = ND_height(nodes[i]) * 36;
    out->nodes[i] = (gvb_box){c.x - w, c.y - h, c.x + w, c.y + h};
  }
  read_routes(in, edges, out);
  // Without this every layout leaks most of a megabyte.
  gvFreeLayout(context, g);
done:
  if (g) agclose(g);
  free(nodes);
  free(edges);
  free(cell_of);
  out->messages = gvb_take_messages();
}
