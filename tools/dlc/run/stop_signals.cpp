#include "tools/dlc/run/stop_signals.h"

#include <csignal>

namespace dlc {

namespace {

constexpr int stopping[] = {SIGINT, SIGTERM, SIGHUP};

// A signal handler can reach nothing else; set once, read after each step.
volatile std::sig_atomic_t asked = 0;

void ask_to_stop(int signal) {
  asked = signal;
  for (const int other : stopping) std::signal(other, SIG_DFL);
}

}  // namespace

void stop_when_asked() {
  for (const int signal : stopping) {
    if (std::signal(signal, ask_to_stop) == SIG_IGN && signal == SIGHUP) std::signal(signal, SIG_IGN);
  }
}

int asked_to_stop() {
  return asked;
}

}  // namespace dlc
