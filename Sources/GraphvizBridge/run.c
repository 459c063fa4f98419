// One lock and one deep stack around every call into Graphviz.
#include "internal.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct job { const gvb_graph *graph; gvb_layout *layout; };

static void *work(void *argument) {
  struct job *job = argument;
  gvb_lay_out(job->graph, job->layout);
  return NULL;
}

int gvb_run(const gvb_graph *graph, gvb_layout *layout) {
  memset(layout, 0, sizeof *layout);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes)) return layout->error = GVB_NO_THREAD;
  // A chain of 10,000 nodes overflows the 512 kB that a secondary thread has on some systems.
  pthread_attr_setstacksize(&attributes, (size_t)8 << 20);
  struct job job = {graph, layout};
  pthread_t thread;
  pthread_mutex_lock(&lock);
  if (pthread_create(&thread, &attributes, work, &job) == 0) {
    pthread_join(thread, NULL);
  } else {
    layout->error = GVB_NO_THREAD;
  }
  pthread_mutex_unlock(&lock);
  pthread_attr_destroy(&attributes);
  return layout->error;
}

void gvb_free(gvb_layout *layout) {
  free(layout->nodes);
  free(layout->routes);
  free(layout->points);
  free(layout->messages);
  memset(layout, 0, sizeof *layout);
}

const char *gvb_version(void) {
  pthread_mutex_lock(&lock);
  GVC_t *context = gvb_context();
  const char *version = context ? gvcVersion(context) : "";
  pthread_mutex_unlock(&lock);
  return version;
}
