#include <algorithm>
#include <cstdio>

#include "compiler/llvm/code.h"
#include "compiler/loops/read.h"
#include "tools/dlc/commands/commands.h"
#include "tools/dlc/commands/standard_input.h"
#include "tools/dlc/compilation.h"

namespace dlc {

namespace {

struct KernelText {
  std::size_t line = 1;  // where it begins
  std::string text;
};

/// A kernel begins with a line of its own.
std::vector<KernelText> kernels_of(const std::string& all) {
  std::vector<KernelText> kernels;
  std::size_t line = 1;
  for (std::size_t begin = 0; begin < all.size(); ++line) {
    const std::size_t end = std::min(all.find('\n', begin), all.size() - 1) + 1;
    const std::string one = all.substr(begin, end - begin);
    if (one.starts_with("kernel ") || kernels.empty()) {
      kernels.push_back({line, one});
    } else if (one != "\n") {
      kernels.back().text += one;
    }
    begin = end;
  }
  return kernels;
}

}  // namespace

ExitStatus emit_loops_command(Session& session) {
  const std::string stage = session.options().value("emit");
  if (stage != "loops" && stage != "llvm" && stage != "asm") {
    session.fail(ExitStatus::command_is_wrong, "--from=loops gives loops, llvm or asm, not " + stage);
    return session.status();
  }
  std::optional<Compilation> compilation = Compilation::make(session);
  if (!compilation) return session.status();
  const std::vector<KernelText> kernels = kernels_of(standard_input());
  if (kernels.empty())
    return session.fail(ExitStatus::model_is_wrong, "standard input: there is no kernel in it"),
           session.status();
  std::string text;
  for (const KernelText& kernel : kernels) {
    const std::variant<Loops, std::string> read = read_loops(kernel.text);
    const Loops* loops = std::get_if<Loops>(&read);
    const std::optional<std::string> fault =
        loops == nullptr ? std::get<std::string>(read) : first_fault(*loops);
    if (fault) {
      session.fail(ExitStatus::model_is_wrong,
                   "standard input: in the kernel of line " + std::to_string(kernel.line) + ", " + *fault);
      return session.status();
    }
    const Target& target = compilation->target();
    text += (stage == "loops"  ? print(*loops)
             : stage == "llvm" ? llvm_text(*loops, target)
                               : assembly_text(*loops, target)) +
            "\n";
  }
  std::fputs(text.c_str(), stdout);
  return ExitStatus::done;
}

}  // namespace dlc
