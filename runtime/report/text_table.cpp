#include "runtime/report/text_table.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "runtime/report/format.h"

namespace dlc {
namespace {

std::string count_text(double count) {
  return with_thousands(std::llround(count));
}

std::string percent_text(double right, double all) {
  if (all <= 0) return "";
  // Tenths of a percent, rounded down: 100 % are all.
  std::string text = std::to_string(static_cast<std::int64_t>(std::floor(1000 * right / all + 1e-9)));
  if (text.size() < 2) text.insert(0, 1, '0');
  text.insert(text.size() - 1, 1, '.');
  return text + " %";
}

// The first characters of a name; a cut one ends in a point.
std::string shortened(const std::string& name, std::size_t most) {
  if (width_of(name) <= most) return name;
  std::size_t end = 0;
  for (std::size_t characters = 0; characters < most; ++characters) {
    ++end;
    while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xc0U) == 0x80U) ++end;
    if (characters + 2 == most) return name.substr(0, end) + ".";
  }
  return name.substr(0, end);
}

}  // namespace

std::string table_text(const TextTable& table, std::size_t indent) {
  std::vector<std::size_t> widths(table.columns.size(), 0);
  for (const auto& row : table.rows) {
    assert(row.size() <= widths.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : table.rows) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - width_of(row[i]), ' ');
      if (i > 0) line += "  ";
      line += table.columns[i] == Align::left ? row[i] + blanks : blanks + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string per_class_text(std::span<const std::string> classes, std::span<const double> counts) {
  assert(counts.size() == classes.size() * classes.size());
  TextTable table{{Align::left, Align::right, Align::right, Align::right},
                  {{"class", "examples", "right", "share"}}};
  double every = 0;
  double every_right = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    double all = 0;
    for (std::size_t k = 0; k < classes.size(); ++k) all += counts[i * classes.size() + k];
    const double right = counts[i * classes.size() + i];
    table.rows.push_back({classes[i], count_text(all), count_text(right), percent_text(right, all)});
    every += all;
    every_right += right;
  }
  table.rows.push_back({"all", count_text(every), count_text(every_right), percent_text(every_right, every)});
  return table_text(table);
}

std::string confusion_text(std::span<const std::string> classes, std::span<const double> counts) {
  assert(counts.size() == classes.size() * classes.size());
  constexpr std::size_t most = 9;
  TextTable table{{Align::left}, {{"true \\ predicted"}}};
  for (const std::string& name : classes) {
    table.columns.push_back(Align::right);
    table.rows[0].push_back(shortened(name, most));
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::vector<std::string> row{classes[i]};
    for (std::size_t k = 0; k < classes.size(); ++k) {
      const double count = counts[i * classes.size() + k];
      row.push_back(count == 0 ? "·" : count_text(count));
    }
    table.rows.push_back(std::move(row));
  }
  return table_text(table);
}

}  // namespace dlc
