#include "dsl/elaborate/blocks/reader_forms.h"

#include <algorithm>

namespace dlc {

std::span<const ReaderForm> reader_forms() {
  static const std::vector<ReaderForm> forms = {
      {.name = "csv",
       .shapes = ColumnShapes::single_values,
       .options = {{"names", OptionKind::texts, /*names_columns=*/true},
                   {"separator", OptionKind::character},
                   {"missing", OptionKind::text_or_texts}}},
      {.name = "cifar", .shapes = ColumnShapes::stated, .columns = {{"image", {32, 32, 3}}, {"label"}}},
      {.name = "idx", .shapes = ColumnShapes::in_the_files, .has_named_files = true, .has_files = false},
      {.name = "images",
       .shapes = ColumnShapes::in_the_files,
       .has_named_files = true,
       .columns = {{"image"}, {"label"}},
       .options = {{"size", OptionKind::image_size}}},
      {.name = "audio", .is_there = false, .shapes = ColumnShapes::in_the_files},
      {.name = "text", .is_there = false, .shapes = ColumnShapes::single_values},
      {.name = "lines", .is_there = false, .shapes = ColumnShapes::single_values},
  };
  return forms;
}

const ReaderForm* find_reader(std::string_view name) {
  const std::span<const ReaderForm> forms = reader_forms();
  const auto found =
      std::find_if(forms.begin(), forms.end(), [&](const ReaderForm& form) { return form.name == name; });
  return found == forms.end() ? nullptr : &*found;
}

const ReaderOption* find_option(const ReaderForm& form, std::string_view name) {
  const auto found = std::find_if(form.options.begin(), form.options.end(),
                                  [&](const ReaderOption& option) { return option.name == name; });
  return found == form.options.end() ? nullptr : &*found;
}

}  // namespace dlc
