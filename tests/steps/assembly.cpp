#include "tests/steps/assembly.h"

#include <algorithm>
#include <map>
#include <span>

namespace dlc::tests {

namespace {

struct Lines {
  std::size_t first = 0;
  std::size_t last = 0;  // the jump back
  bool holds(const Lines& other) const { return first <= other.first && other.last <= last; }
};

bool contains(std::string_view line, std::string_view word) {
  return line.find(word) != std::string_view::npos;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The label that a jump jumps to; empty if the line is none.
std::string_view target_of(std::string_view line) {
  if (!line.starts_with("\tj")) return {};
  const std::size_t label = line.find(".LBB");
  if (label == std::string_view::npos) return {};
  return line.substr(label, line.find_first_of(" \t#", label) - label);
}

InnerLoop counted(std::span<const std::string_view> lines, std::size_t kernel) {
  InnerLoop loop{kernel, 0, 0};
  for (const std::string_view line : lines) {
    const bool is_vector = contains(line, "%xmm") || contains(line, "%ymm") || contains(line, "%zmm");
    if (!is_vector) continue;
    if (contains(line, "fmadd") || contains(line, "mulps")) ++loop.multiply_adds;
    if (contains(line, "(%rsp")) ++loop.accesses_of_the_stack;
  }
  return loop;
}

void add_loops(std::span<const std::string_view> lines, std::size_t kernel, std::vector<InnerLoop>& result) {
  std::map<std::string_view, std::size_t> labels;
  std::vector<Lines> loops;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with(".LBB")) labels[lines[i].substr(0, lines[i].find(':'))] = i;
    const auto label = labels.find(target_of(lines[i]));
    if (label != labels.end()) loops.push_back({label->second, i});
  }
  for (const Lines& loop : loops) {
    const auto holds_others = [&](const Lines& other) { return &other != &loop && loop.holds(other); };
    if (std::any_of(loops.begin(), loops.end(), holds_others)) continue;
    result.push_back(counted(lines.subspan(loop.first, loop.last - loop.first), kernel));
  }
}

}  // namespace

std::vector<InnerLoop> inner_loops(std::string_view assembly) {
  const std::vector<std::string_view> lines = lines_of(assembly);
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("kernel:")) starts.push_back(i);
  }
  std::vector<InnerLoop> result;
  for (std::size_t k = 0; k < starts.size(); ++k) {
    const std::size_t end = k + 1 < starts.size() ? starts[k + 1] : lines.size();
    add_loops(std::span(lines).subspan(starts[k], end - starts[k]), k, result);
  }
  return result;
}

}  // namespace dlc::tests
