// The context, its plug-ins and its messages.
#define _GNU_SOURCE  // dladdr
#include "internal.h"
#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static GVC_t *context;
static char *messages;
static size_t messages_length;

// Called once a fragment, not once a message.
static int on_message(char *fragment) {
  size_t n = strlen(fragment);
  if (messages_length + n > 65536) return 0;
  char *grown = realloc(messages, messages_length + n + 1);
  if (!grown) return 0;
  messages = grown;
  memcpy(messages + messages_length, fragment, n + 1);
  messages_length += n;
  return 0;
}

char *gvb_take_messages(void) {
  char *taken = messages;
  messages = NULL;
  messages_length = 0;
  return taken;
}

static int load_plugin(lt_symlist_t *slot, const char *folder, const char *name) {
  char pattern[PATH_MAX + 64], symbol[128];
#ifdef __APPLE__
  snprintf(pattern, sizeof pattern, "%s/graphviz/libgvplugin_%s*.dylib", folder, name);
#else
  snprintf(pattern, sizeof pattern, "%s/graphviz/libgvplugin_%s.so*", folder, name);
#endif
  snprintf(symbol, sizeof symbol, "gvplugin_%s_LTX_library", name);
  glob_t found;
  int loaded = 0;
  if (glob(pattern, 0, NULL, &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc && !loaded; i++) {
      void *library = dlopen(found.gl_pathv[i], RTLD_NOW | RTLD_LOCAL);
      void *address = library ? dlsym(library, symbol) : NULL;
      if (address) {
        slot->name = strdup(symbol);
        slot->address = address;
        loaded = slot->name != NULL;
      }
    }
    globfree(&found);
  }
  return loaded;
}

// gvContext() needs the configuration that `dot -c` writes and loads plug-ins for pango, X11 and
// more; the layout alone needs two, found beside libgvc.
GVC_t *gvb_context(void) {
  static lt_symlist_t plugins[3];
  if (context) return context;
  agseterrf(on_message);
  Dl_info library;
  int count = 0;
  if (dladdr((void *)gvContextPlugins, &library) && library.dli_fname) {
    char real[PATH_MAX], folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", realpath(library.dli_fname, real) ? real : library.dli_fname);
    char *slash = strrchr(folder, '/');
    if (slash) {
      *slash = 0;
      count += load_plugin(&plugins[count], folder, "dot_layout");
      count += load_plugin(&plugins[count], folder, "neato_layout");
    }
  }
  context = count ? gvContextPlugins(plugins, 0) : gvContext();
  return context;
}
